/** What `npm test` runs. */
export default {
  files: ['test/**/*.test.ts', '!test/{interop,slow}/**'],
  typescript: { rewritePaths: { 'test/': 'dist/test/' }, compile: false },
  workerThreads: false,
  nodeArguments: ['--enable-source-maps'],
  timeout: '5m',
};
