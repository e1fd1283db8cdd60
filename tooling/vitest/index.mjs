import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import { RunReporter } from './run-reporter.mjs';

// Workspace packages are tested from their sources, so no build has to come first.
const conditions = ['@trader/source', 'node', 'import', 'module', 'default'];

const QUICK = `--import=${new URL('quick-imports.mjs', import.meta.url)}`;

const preset = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Generous: a test that hangs shows all the same, and a slow machine must not look like a failure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    restoreMocks: true,
    // Workers, and what a test starts as a process of its own, are there in a third of the time.
    execArgv: [QUICK],
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/node-compile', import.meta.url)),
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${QUICK}`.trim(),
    },
  },
});

const INCLUDE = ['src/**/*.test.ts', 'test/**/*.test.ts'];

const withReport = mergeConfig(preset, { test: { reporters: ['default', new RunReporter('reports/results.json')] } });

/**
 * The test settings of one package.
 *
 * @param {import('vitest/config').ViteUserConfig} [overrides] what this package needs beyond the preset
 */
export const testProject = (overrides = {}) =>
  mergeConfig(mergeConfig(withReport, { test: { include: INCLUDE } }), overrides);

/**
 * The test settings of a package whose files, and the programs that they start, run for seconds and wait for most of them.
 *
 * @param {import('vitest/config').ViteUserConfig} [overrides] what this package needs beyond the preset
 */
export const shortLivedProject = (overrides = {}) =>
  testProject(
    mergeConfig(
      {
        test: {
          // As short-lived.mjs, and a heap that is large from the start: to collect it again and again while it grows took a
          // fifteenth of their time.
          execArgv: ['--no-turbofan', '--no-maglev', '--min-semi-space-size=16', '--initial-old-space-size=256'],
          env: {
            NODE_OPTIONS: `${preset.test.env.NODE_OPTIONS} --import=${new URL('short-lived.mjs', import.meta.url)}`,
          },
        },
      },
      overrides,
    ),
  );

/**
 * The test settings of a package whose files leave nothing behind in their process: they share one, which loads the package once.
 * To start a worker and load it costs more than most files' tests do.
 *
 * @param {readonly string[]} alone files that look at what their process has open; each gets one of its own
 */
export const sharedProject = (alone = []) =>
  mergeConfig(withReport, {
    test: {
      projects: [
        {
          extends: true,
          test: { name: 'shared', isolate: false, include: INCLUDE, exclude: [...configDefaults.exclude, ...alone] },
        },
        ...(alone.length > 0 ? [{ extends: true, test: { name: 'alone', include: [...alone] } }] : []),
      ],
    },
  });

/**
 * The settings of a package's campaigns, which `pnpm campaigns` runs one at a time: `campaigns/NAME.campaign.ts`. How long one
 * may take is the caller's to say.
 *
 * @param {import('vitest/config').ViteUserConfig} [overrides] what these campaigns need beyond the preset
 */
export const campaignProject = (overrides = {}) =>
  mergeConfig(
    mergeConfig(preset, {
      test: {
        include: ['campaigns/**/*.campaign.ts'],
        reporters: ['default', new RunReporter('reports/campaigns.json')],
        fileParallelism: false,
        testTimeout: 0,
        hookTimeout: 0,
      },
    }),
    overrides,
  );
