import { globSync, readFileSync } from 'node:fs';
import { shortLivedProject } from '@trader/vitest-config';

const all = globSync('{src,test}/**/*.test.ts', { cwd: import.meta.dirname });
/** Those in test/ that start neither a trader nor a database. */
const light = new Set(
  ['compose', 'dockerfile', 'http-access', 'livez', 'operations'].map((name) => `test/${name}.test.ts`),
);
/** Puts something else in a module's place, which nobody may have loaded before. */
const mocksModule = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').includes('vi.mock(');
const parts = all.filter((file) => (file.startsWith('src/') || light.has(file)) && !mocksModule(file));

export default shortLivedProject({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          exclude: all.filter((file) => !parts.includes(file)),
          // Nearly all of their time goes into loading modules: so they share them, in one process.
          isolate: false,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          exclude: parts,
          globalSetup: 'test/global-setup.ts',
          // Most of them wait for other processes most of the time.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          // They start processes and databases, for which a busy machine takes its time.
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
