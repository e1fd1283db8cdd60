import { defineConfig, mergeConfig } from 'vitest/config';
import { RunReporter } from './run-reporter.mjs';

// Workspace packages are tested from their sources, so no build has to come first.
const conditions = ['@trader/source', 'node', 'import', 'module', 'default'];

const preset = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Generous: a test that hangs shows all the same, and a slow machine must not look like a failure.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 30_000 } },
    restoreMocks: true,
  },
});

/**
 * The test settings of one package.
 *
 * @param {import('vitest/config').ViteUserConfig} [overrides] what this package needs beyond the preset
 */
export const testProject = (overrides = {}) =>
  mergeConfig(
    mergeConfig(preset, {
      test: {
        include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
        reporters: ['default', new RunReporter('reports/results.json')],
      },
    }),
    overrides,
  );

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
