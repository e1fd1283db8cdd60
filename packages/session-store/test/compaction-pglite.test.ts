// The properties hold on this engine, too: the campaign `store-properties` looks.
import { afterAll } from 'vitest';
import { compactionContract } from './compaction-contract.ts';
import { onPglite } from './databases.ts';
import { closePgliteBeds } from './pglite-beds.ts';

afterAll(closePgliteBeds);

compactionContract('PGlite', onPglite);
