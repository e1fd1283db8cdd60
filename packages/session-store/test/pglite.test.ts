import { sessionStoreContract } from './contract.ts';
import { onPglite } from './databases.ts';
import { ownershipContract } from './ownership-contract.ts';
import { partitionContract } from './partition-contract.ts';
import { viewProperties } from './view-properties.ts';

sessionStoreContract('PGlite', onPglite);
ownershipContract('PGlite', onPglite);
partitionContract('PGlite', onPglite);
viewProperties('PGlite', onPglite, 10);
