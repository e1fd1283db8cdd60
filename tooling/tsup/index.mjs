import { defineConfig } from 'tsup';

/**
 * The build of one package. Declarations are not tsup's job here: TypeScript 7 has no compiler API, so
 * `tsc -p tsconfig.build.json` writes them after the bundle (see docs/decisions/0003-typescript-7.md).
 *
 * @param {Record<string, string>} entry output name -> source file, one per entry of the package's `exports`
 */
export const bundle = (entry) =>
  defineConfig({
    entry,
    format: 'esm',
    target: 'node22',
    platform: 'neutral',
    external: [/^node:/],
    sourcemap: true,
    clean: true,
    dts: false,
    splitting: true,
  });
