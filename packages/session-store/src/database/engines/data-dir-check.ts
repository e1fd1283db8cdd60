// What lies where an embedded database is to be opened, looked at before anything is: PGlite makes a new database over whatever
// has no PG_VERSION, opens a folder that a server has open, and says of most others that it "failed to initialize properly".
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SessionStoreError } from '../../errors.ts';

/** Of PostgreSQL: what the embedded one writes and reads. */
const knownVersion = '18';

/** What every database of that version has, by the least bytes that it can have; of the folders also what is always empty. */
const neededFiles: Readonly<Record<string, number>> = {
  'postgresql.conf': 0,
  'pg_hba.conf': 0,
  'global/pg_control': 8192,
  'global/pg_filenode.map': 512,
  'base/5/PG_VERSION': 1,
  'base/5/pg_filenode.map': 512,
};
const neededFolders = [
  'pg_commit_ts',
  'pg_dynshmem',
  'pg_logical/mappings',
  'pg_logical/snapshots',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_tblspc',
  'pg_twophase',
];
/** Folders that always have a file, named in hexadecimal. */
const neverEmptyFolders = ['pg_wal', 'pg_xact', 'pg_multixact/members', 'pg_multixact/offsets'];

type DatabaseLook = {
  /** What is in the folder; `null` where there is none. */
  readonly names: readonly string[] | null;
  /** What its PG_VERSION says. */
  readonly version: string | null;
  /** The process that opened it, as it says itself. An embedded database writes a number below 0. */
  readonly openedBy: number | null;
  /** What is needed, and is not there or too short. */
  readonly missing: readonly string[];
};

/** `whole` as far as names and sizes tell. */
export type DatabaseState = 'absent' | 'empty' | 'whole';

/** @throws {SessionStoreError} DATA_DIR_UNUSABLE: what is there is no database that can be opened; nothing was changed */
export function checkDatabase(folder: string): DatabaseState {
  const judged = judge(lookAt(folder));
  if (typeof judged === 'string') return judged;
  throw new SessionStoreError('DATA_DIR_UNUSABLE', `The database in ${folder} is not opened: ${judged.refusal}`);
}

/**
 * Before anything of ours is put into a data folder.
 *
 * @throws {SessionStoreError} DATA_DIR_UNUSABLE
 */
export function refuseForeign(dataDir: string): void {
  if (existsSync(join(dataDir, 'PG_VERSION')))
    throw new SessionStoreError(
      'DATA_DIR_UNUSABLE',
      `The folder ${dataDir} is itself the data folder of a PostgreSQL server, and is left alone. Choose another folder, or give the server's URL.`,
    );
  try {
    checkDatabase(join(dataDir, 'pglite'));
  } catch (cause) {
    // Looked for afterwards: another process may be making all of this just now, and makes its lock first.
    if (!existsSync(join(dataDir, 'lock.sqlite'))) throw cause;
  }
}

function judge({ names, version, openedBy, missing }: DatabaseLook): DatabaseState | { refusal: string } {
  if (names === null) return 'absent';
  // Which a disk of its own has in its uppermost folder.
  if (names.every((name) => name === 'lost+found')) return 'empty';
  if (version === null)
    return names.includes('base') || names.includes('global')
      ? {
          refusal:
            'it has a database’s files and no PG_VERSION. Either its first opening was interrupted, or files were lost. ' +
            'If nothing was recorded in it yet, move it away, and a new one is made; otherwise restore a copy. Nothing was changed.',
        }
      : {
          refusal:
            'what is there is no database, but files of something else. Move them away, or choose another folder. Nothing was changed.',
        };
  // Which only a server writes. What it has written no embedded database reads, as that counts in 32 bits.
  const isHeld = openedBy !== null && openedBy > 0;
  if (isHeld || names.includes('postmaster.opts')) {
    const whose = isHeld
      ? `a PostgreSQL server has it open, or did not end as it should (process ${openedBy} in its postmaster.pid)`
      : 'a PostgreSQL server made it, and the embedded one cannot read it';
    return {
      refusal: `${whose}. Leave the folder to that server, and choose another one, or give the server’s URL. Nothing was changed.`,
    };
  }
  if (version !== knownVersion)
    return /^\d+(?:\.\d+)?$/.test(version)
      ? {
          refusal:
            `PostgreSQL ${version} made it, and this version of the store opens only those of PostgreSQL ${knownVersion}. ` +
            'Use the version that made it, to export what is in it too, or choose another folder. Nothing was changed.',
        }
      : { refusal: `its PG_VERSION says no version. ${restore}` };
  if (missing.length === 0) return 'whole';
  const more = missing.length > namedAtMost ? ` and ${missing.length - namedAtMost} more` : '';
  return {
    refusal:
      `it is damaged, or a copy that is not whole. Missing or too short: ${missing.slice(0, namedAtMost).join(', ')}${more}. ` +
      `Some copies leave out empty folders, which it needs. ${restore}`,
  };
}

const namedAtMost = 4;
const restore =
  'Restore a whole copy, or move it away and a new one is made; what waits in the spool is kept either way. Nothing was changed.';

function lookAt(folder: string): DatabaseLook {
  const names = namesIn(folder);
  if (names === null) return { names, version: null, openedBy: null, missing: [] };
  const has = (path: string) => namesIn(join(folder, path));
  const missing = [
    ...Object.keys(neededFiles).filter((path) => !isFile(join(folder, path), neededFiles[path]!)),
    ...neededFolders.filter((path) => has(path) === null),
    ...neverEmptyFolders.filter((path) => !has(path)?.some((name) => /^[0-9A-F]+$/.test(name))),
  ];
  const openedBy = Number(firstLine(join(folder, 'postmaster.pid')) ?? Number.NaN);
  if (missing.length === 0)
    for (const path of ['', 'global/pg_control']) accessSync(join(folder, path), constants.R_OK | constants.W_OK);
  return {
    names,
    version: firstLine(join(folder, 'PG_VERSION')),
    openedBy: Number.isNaN(openedBy) ? null : openedBy,
    missing,
  };
}

function isFile(path: string, bytes: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.isFile() && stats.size >= bytes;
}

/** `null` where there is no such folder. Whatever else keeps it from being read is thrown. */
function namesIn(folder: string): readonly string[] | null {
  return orNull(() => readdirSync(folder));
}

function firstLine(path: string): string | null {
  return orNull(() => readFileSync(path, 'utf8').split('\n', 1)[0]!.trim());
}

const isAbsent = new Set<unknown>(['ENOENT', 'EISDIR']);

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (cause) {
    if (isAbsent.has((cause as NodeJS.ErrnoException).code)) return null;
    throw cause;
  }
}
