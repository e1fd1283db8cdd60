import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { PgliteEngine } from '../src/io/pglite-engine.ts';
import { systemRuntime } from '../src/io/runtime.ts';
import { readingContract } from './reading-contract.ts';

const folder = temporaryFolder('session-store-reading-');
let folders = 0;

// A new cluster takes seconds to make, a copy of an empty one does not.
beforeAll(async () => (await PGlite.create({ dataDir: join(folder.path, 'empty') })).close());
afterAll(() => folder.remove());

readingContract('PGlite', {
  location: async () => {
    const dataDir = join(folder.path, `data-${++folders}`);
    cpSync(join(folder.path, 'empty'), join(dataDir, 'pglite'), { recursive: true });
    return { dataDir };
  },
  engine: async (location) => PgliteEngine.open((location as { dataDir: string }).dataDir, 15_000, systemRuntime),
});
