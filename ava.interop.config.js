import { availableParallelism } from 'node:os';
import quick from './ava.config.js';

/** What `npm run test:interop` runs: what others made, browsers, players, download programs, against our programs. */
export default {
  ...quick,
  files: ['test/interop/**/*.test.ts'],
  // Browsers and encoders work hard.
  concurrency: availableParallelism(),
};
