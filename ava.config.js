import { availableParallelism } from 'node:os';

/** What `npm test` runs. */
export default {
  files: ['test/**/*.test.ts', '!test/{interop,slow}/**'],
  typescript: { rewritePaths: { 'test/': 'dist/test/' }, compile: false },
  workerThreads: false,
  nodeArguments: ['--enable-source-maps'],
  // Most of them wait for programs and for time more than they work.
  concurrency: Math.ceil(availableParallelism() * 1.5),
  timeout: '5m',
};
