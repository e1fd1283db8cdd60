import { bundle } from '@trader/tsup-config';

// What goes into the bundle: the driver because it is patched, which a dependency would not be
// (docs/decisions/0005-patched-postgres-driver.md); drizzle-orm because Node reads its 180 kB `package.json` again for each of its
// modules, which was more than half of the time that a process needs to start. `views` are for the drizzle-orm of whoever uses them.
export default [
  bundle(
    { index: 'src/index.ts' },
    {
      noExternal: ['postgres', 'drizzle-orm'],
      platform: 'node',
      clean: ['dist/*.js*', '!dist/views.js*', '!dist/*-worker.js*'],
    },
  ),
  bundle(
    {
      views: 'src/views.ts',
      'pglite-worker': 'src/database/engines/pglite-worker.ts',
      'sqlite-spool-worker': 'src/spool/log/sqlite-spool-worker.ts',
    },
    // What they share stands in each: a file of its own would be one more that must not be removed.
    { platform: 'node', clean: false, splitting: false },
  ),
];
