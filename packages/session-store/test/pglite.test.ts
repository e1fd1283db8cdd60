// The properties hold on this engine, too: the campaign `store-properties` looks.
import { sessionStoreContract } from './contract.ts';
import { onPglite } from './databases.ts';
import { ownershipContract } from './ownership-contract.ts';
import { partitionContract } from './partition-contract.ts';

sessionStoreContract('PGlite', onPglite);
ownershipContract('PGlite', onPglite);
partitionContract('PGlite', onPglite);
