import { sessionStoreContract } from './contract.ts';
import { onPostgres } from './databases.ts';
import { ownershipContract } from './ownership-contract.ts';
import { partitionContract } from './partition-contract.ts';
import { viewProperties } from './view-properties.ts';

sessionStoreContract('PostgreSQL', onPostgres);
ownershipContract('PostgreSQL', onPostgres);
partitionContract('PostgreSQL', onPostgres);
viewProperties('PostgreSQL', onPostgres, 10);
