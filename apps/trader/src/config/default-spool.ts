// Where the spool is, unless a folder is named.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Config, Database } from './config-types.ts';

/** All recorders' of a working directory. */
const SPOOLS = 'spool';

/**
 * In the embedded database's folder; with a server in a folder of the recorder's own, since a spool belongs to one process at
 * a time and several traders may share a working directory.
 */
export const defaultSpool = (database: Database, recorder: string): Config['spool'] =>
  'dataDir' in database ? { dir: join(database.dataDir, SPOOLS) } : { dir: join(SPOOLS, folderOf(recorder)) };

/** The name, if every file system takes it; otherwise what remains of it, and enough to tell it from another. */
function folderOf(recorder: string): string {
  if (/^[A-Za-z0-9][\w-]{0,63}$/.test(recorder)) return recorder;
  const digest = createHash('sha256').update(recorder).digest('hex').slice(0, 12);
  return `${recorder.replaceAll(/[^\w-]+/g, '-').slice(0, 40)}-${digest}`;
}
