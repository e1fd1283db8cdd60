// Where sessions are exported to, unless a folder is named.
import { dirname, join } from 'node:path';
import type { Database } from './config-types.ts';

const EXPORTS = 'exports';

/** Beside the embedded database's folder, which is the database's alone; with a server in the working directory. */
export const defaultExports = (database: Database): string =>
  'dataDir' in database ? join(dirname(database.dataDir), EXPORTS) : EXPORTS;
