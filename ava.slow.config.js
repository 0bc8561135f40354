import quick from './ava.config.js';

/** What `npm run test:slow` runs: gigabytes, long faults, and what a machine can do only once at a time. */
export default {
  ...quick,
  files: ['test/slow/**/*.test.ts'],
  concurrency: 1,
  timeout: '10m',
};
