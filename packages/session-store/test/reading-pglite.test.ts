import { readingContract } from './reading-contract.ts';
import { readingProperties } from './reading-properties.ts';
import { onPglite } from './databases.ts';

readingContract('PGlite', onPglite);
readingProperties('PGlite', onPglite, 10);
