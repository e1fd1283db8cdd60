// The properties hold on this engine, too: the campaign `store-properties` looks.
import { afterAll } from 'vitest';
import { sessionStoreContract } from './contract.ts';
import { onPglite } from './databases.ts';
import { closePgliteBeds } from './pglite-beds.ts';
import { ownershipContract } from './ownership-contract.ts';
import { partitionContract } from './partition-contract.ts';

afterAll(closePgliteBeds);

sessionStoreContract('PGlite', onPglite);
ownershipContract('PGlite', onPglite);
partitionContract('PGlite', onPglite);
