// The properties hold on this engine, too: the campaign `store-properties` looks.
import { compactionContract } from './compaction-contract.ts';
import { onPglite } from './databases.ts';

compactionContract('PGlite', onPglite);
