// The properties hold on this engine, too: the campaign `store-properties` looks.
import { afterAll } from 'vitest';
import { readingContract } from './reading-contract.ts';
import { onPglite } from './databases.ts';
import { closePgliteBeds } from './pglite-beds.ts';

afterAll(closePgliteBeds);

readingContract('PGlite', onPglite);
