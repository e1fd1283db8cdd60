// The properties hold on this engine, too: the campaign `store-properties` looks.
import { readingContract } from './reading-contract.ts';
import { onPglite } from './databases.ts';

readingContract('PGlite', onPglite);
