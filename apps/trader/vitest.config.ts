import { globSync, readFileSync } from 'node:fs';
import { shortLivedProject } from '@trader/vitest-config';

const all = globSync('{src,test}/**/*.test.ts', { cwd: import.meta.dirname });
/** Those in test/ that start neither a trader nor a database. */
const light = new Set(
  [
    'compose',
    'dashboard-types',
    'dockerfile',
    'http-access',
    'http-page',
    'http-renew',
    'livez',
    'operations',
    'rooms',
  ].map((name) => `test/${name}.test.ts`),
);
/** Puts something else in a module's place, which nobody may have loaded before. */
const mocksModule = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').includes('vi.mock(');
const alone = all.filter(mocksModule);
const parts = all.filter((file) => (file.startsWith('src/') || light.has(file)) && !mocksModule(file));
const whole = all.filter((file) => !parts.includes(file) && !alone.includes(file));
const others = (files: readonly string[]) => all.filter((file) => !files.includes(file));

export default shortLivedProject({
  test: {
    projects: [
      { extends: true, test: { name: 'alone', exclude: others(alone) } },
      {
        extends: true,
        test: {
          name: 'parts',
          exclude: others(parts),
          // Nearly all of their time goes into loading modules: so they share them, in one process.
          isolate: false,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          exclude: others(whole),
          globalSetup: 'test/global-setup.ts',
          // To load the trader takes longer than most of their tests, so they share processes, too.
          isolate: false,
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
