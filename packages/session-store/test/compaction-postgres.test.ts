import { compactionContract } from './compaction-contract.ts';
import { compactionProperties } from './compaction-properties.ts';
import { onPostgres } from './databases.ts';

compactionContract('PostgreSQL', onPostgres);
compactionProperties('PostgreSQL', onPostgres, 10);
