import { defineConfig, mergeConfig } from 'vitest/config';

// Workspace packages are tested from their sources, so no build has to come first.
const conditions = ['@trader/source', 'node', 'import', 'module', 'default'];

/**
 * The test settings of one package.
 *
 * @param {import('vitest/config').ViteUserConfig} [overrides] what this package needs beyond the preset
 */
export const testProject = (overrides = {}) =>
  mergeConfig(
    defineConfig({
      resolve: { conditions },
      ssr: { resolve: { conditions, externalConditions: conditions } },
      test: {
        include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
        reporters: ['default', 'json'],
        outputFile: { json: 'reports/vitest.json' },
        // Generous: a test that hangs shows all the same, and a slow machine must not look like a failure.
        testTimeout: 90_000,
        hookTimeout: 90_000,
        expect: { poll: { timeout: 30_000 } },
        restoreMocks: true,
      },
    }),
    overrides,
  );
