import { testProject } from '@trader/vitest-config';

// Most files wait for a database most of the time.
export default testProject({
  test: {
    globalSetup: 'test/global-setup.ts',
    // Threads of one process compile the embedded database once.
    pool: 'threads',
    isolate: false,
    maxWorkers: 4,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
