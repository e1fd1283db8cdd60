import { readingContract } from './reading-contract.ts';
import { readingProperties } from './reading-properties.ts';
import { onPostgres } from './databases.ts';

readingContract('PostgreSQL', onPostgres);
readingProperties('PostgreSQL', onPostgres, 10);
