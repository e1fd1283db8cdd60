// The package as it ships: what is in `dist`, which the build has just written.
import { requireUnderEachNode } from '@trader/testkit';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

type Esbuild = {
  buildSync(options: object): { outputFiles: { text: string }[]; metafile: { inputs: object } };
};

const built = (entry: string) => fileURLToPath(new URL(`../dist/${entry}.js`, import.meta.url));
/** The bundler that the build brings along. */
const fromTsup = createRequire(createRequire(import.meta.url).resolve('tsup'));
const bundle = (options: object) =>
  (fromTsup('esbuild') as Esbuild).buildSync({ bundle: true, minify: true, write: false, metafile: true, ...options });

describe('require() under every supported Node', () => {
  test('gives the names of the main entry', async () => {
    const names = await requireUnderEachNode(built('index'));
    expect(Object.keys(names).length).toBeGreaterThan(0);
    for (const exported of Object.values(names)) {
      expect(exported).toEqual([
        'HealthError',
        'createHealthTracker',
        'createRateLimiter',
        'initialState',
        'snapshotOf',
        'step',
      ]);
    }
  });

  test('gives the names of the probes', async () => {
    for (const exported of Object.values(await requireUnderEachNode(built('probes/index')))) {
      expect(exported).toEqual(['callProbe', 'diskSpaceProbe', 'eventLoopDelayProbe', 'memoryProbe', 'startProbe']);
    }
  });
});

describe('the main entry', () => {
  test('is at most 4 kB minified and compressed', () => {
    const { outputFiles } = bundle({ entryPoints: [built('index')], format: 'esm' });
    expect(gzipSync(outputFiles[0]!.text, { level: 9 }).byteLength).toBeLessThanOrEqual(4_000);
  });

  test('works in browsers and workers: no node:* and no other global than a clock and timers', () => {
    const { outputFiles, metafile } = bundle({
      entryPoints: [built('index')],
      format: 'iife',
      globalName: 'health',
      platform: 'browser',
    });
    expect(Object.keys(metafile.inputs).filter((input) => input.includes('node:'))).toEqual([]);
    const program = `
      ${outputFiles[0]!.text}
      const tracker = health.createHealthTracker({ components: { feed: { critical: true } }, autoTick: true });
      tracker.observe('feed', { status: 'healthy', reason: 'connected' });
      tracker.close();
      tracker.isReady();
    `;
    // Timers that are plain numbers, as browsers have them.
    const page = { performance: { now: () => 1 }, setTimeout: () => 7, clearTimeout: () => undefined };
    expect(runInNewContext(program, page)).toBe(true);
  });
});
