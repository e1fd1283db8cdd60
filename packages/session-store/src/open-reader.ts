import { SessionStoreError } from './errors.ts';
import { openEngine } from './database/engines/open-engine.ts';
import { readSchema, tooNew } from './migrate.ts';
import { resolveOptions } from './resolve-options.ts';
import type { SessionStoreTuning, StoreLocation } from './options.ts';
import { ReadingStore } from './reading-store.ts';
import type { SessionReader } from './store-api.ts';

export type ReaderOptions = StoreLocation & Pick<SessionStoreTuning, 'queryTimeoutMs' | 'runtime' | 'schema'>;

/**
 * Opens a database to read what was recorded, and changes nothing in it: no migration, no search for orphans, no lock that a
 * recorder would notice. A standby will do. (An embedded database's folder is locked all the same.)
 *
 * @example
 * await using reader = await openReader({ url: 'postgres://reader@one,other/trader?target_session_attrs=prefer-standby' });
 * console.log(await reader.sessions());
 *
 * @throws {TypeError | RangeError} on wrong options
 * @throws {SessionStoreError} SCHEMA_TOO_OLD, SCHEMA_TOO_NEW, DATABASE_UNREACHABLE, DATABASE_REFUSED, DATA_DIR_LOCKED,
 *   DATA_DIR_UNUSABLE, QUERY_TIMEOUT
 */
export async function openReader(options: ReaderOptions): Promise<SessionReader> {
  const resolved = resolveOptions({ ...options, spool: false });
  const engine = await openEngine(resolved, true);
  try {
    const { version, known } = await readSchema(engine);
    if (version === null) throw tooOld('has no tables of a session store');
    if (version < known) throw tooOld(`has the tables of an older version (${version}, and this one knows ${known})`);
    if (version > known) throw tooNew(version, known);
    return new ReadingStore(engine, resolved.runtime);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

const tooOld = (what: string) =>
  new SessionStoreError(
    'SCHEMA_TOO_OLD',
    `The database ${what}, and a reader changes nothing. See that it is the right database and schema; tables are made and ` +
      'brought up to date by migrateSchema, or by the next recorder of this version.',
  );
