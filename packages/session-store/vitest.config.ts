import { shortLivedProject } from '@trader/vitest-config';

// Most files wait for a database most of the time.
export default shortLivedProject({
  test: {
    globalSetup: 'test/global-setup.ts',
    // To start a worker and load the package takes longer than most files' tests do.
    isolate: false,
    maxWorkers: 4,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
