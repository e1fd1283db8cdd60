import { compactionContract } from './compaction-contract.ts';
import { compactionProperties } from './compaction-properties.ts';
import { onPglite } from './databases.ts';

compactionContract('PGlite', onPglite);
compactionProperties('PGlite', onPglite, 10);
