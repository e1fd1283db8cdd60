import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll } from 'vitest';
import { PgliteEngine } from '../src/io/pglite-engine.ts';
import { systemRuntime } from '../src/io/runtime.ts';
import { compactionContract } from './compaction-contract.ts';

const folder = temporaryFolder('session-store-compaction-');
let folders = 0;

// A new cluster takes seconds to make, a copy of an empty one does not.
beforeAll(async () => (await PGlite.create({ dataDir: join(folder.path, 'empty') })).close());
afterAll(() => folder.remove());

compactionContract('PGlite', {
  location: async () => {
    const dataDir = join(folder.path, `data-${++folders}`);
    cpSync(join(folder.path, 'empty'), join(dataDir, 'pglite'), { recursive: true });
    return { dataDir };
  },
  engine: async (location) => PgliteEngine.open((location as { dataDir: string }).dataDir, 15_000, systemRuntime),
});
