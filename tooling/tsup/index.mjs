import { defineConfig } from 'tsup';

/**
 * The build of one package. Declarations are not tsup's job here: TypeScript 7 has no compiler API, so
 * `tsc -p tsconfig.build.json` writes them after the bundle (see docs/decisions/0003-typescript-7.md).
 *
 * @param {Record<string, string>} entry output name -> source file, one per entry of the package's `exports`
 * @param {import('tsup').Options} [overrides] what this package needs beyond the preset
 */
export const bundle = (entry, overrides = {}) =>
  defineConfig({
    entry,
    format: 'esm',
    target: 'node22',
    platform: 'neutral',
    external: [/^node:/],
    // node:sqlite exists under its full name only.
    removeNodeProtocol: false,
    sourcemap: true,
    clean: true,
    dts: false,
    splitting: true,
    ...overrides,
  });
