// The database file, and nothing of what its rows mean.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makePrivateFile } from '../../database/private-files.ts';
import type { SpoolRow } from './spool-row.ts';
import { applicationId, spoolVersion } from './spool-version.ts';

const schema = `create table rows (key integer primary key, head text, text blob, checksum integer);
  pragma user_version = ${spoolVersion}; pragma application_id = ${applicationId(spoolVersion)}`;

const statements = {
  add: 'insert or ignore into rows values (?, ?, ?, ?)',
  replace: 'insert or replace into rows values (?, ?, ?, ?)',
  remove: 'delete from rows where key in (select key from rows where key between ? and ? limit ?)',
} as const;

export class SpoolFile {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  /**
   * @param journal `off` for a file that counts only once it is whole
   * @throws what SQLite says
   */
  constructor(path: string, journal: 'wal' | 'off' = 'wal') {
    makePrivateFile(path);
    this.#database = new DatabaseSync(path);
    try {
      // Exclusive, so that there is no third file, which processes would share.
      this.exec(`pragma locking_mode = exclusive; pragma cache_size = -1024; pragma temp_store = memory;
        pragma cell_size_check = on; pragma synchronous = ${journal === 'wal' ? 'full' : 'off'}`);
      if (journal === 'off') this.exec('pragma journal_mode = off');
      if (this.#pragma('page_count') === 0) this.transact(() => this.exec(schema));
      // Checkpoints are small and frequent: a group that makes one takes little longer.
      if (journal === 'wal') this.exec('pragma journal_mode = wal; pragma wal_autocheckpoint = 256');
      this.exec(`pragma journal_size_limit = ${2 ** 20}`);
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /** @throws {Error} when its structure is not whole */
  check(): void {
    const found = this.#pragma('quick_check(1)', 'quick_check');
    if (found !== 'ok') throw damaged(String(found));
    const isOurs = this.#pragma('user_version') === spoolVersion;
    if (!isOurs || this.#pragma('application_id') !== applicationId(spoolVersion)) throw damaged('its header is wrong');
  }

  /** What is done in here becomes safe as one. */
  transact(work: () => void): void {
    this.exec('begin immediate');
    try {
      work();
      this.exec('commit');
    } catch (cause) {
      if (this.#database.isTransaction) this.exec('rollback');
      throw cause;
    }
  }

  /** @param how what becomes of a row that is there: it stays when the new one is added */
  put({ key, head, text, checksum }: SpoolRow, how: 'add' | 'replace' = 'add'): void {
    this.#statement(how).run(key, head, text, checksum);
  }

  /** From key to key, by their order. */
  rows(from = 0, to = Number.MAX_SAFE_INTEGER, order: 'asc' | 'desc' = 'asc'): Iterable<SpoolRow> {
    const text = `select * from rows where key between ? and ? order by key ${order}`;
    return this.#database.prepare(text).iterate(from, to) as Iterable<SpoolRow>;
  }

  /** @returns how many went */
  remove(from: number, to: number, limit: number): number {
    return Number(this.#statement('remove').run(from, to, limit).changes);
  }

  /** Pages with something in them, and pages with nothing. */
  get pages(): { readonly used: number; readonly free: number } {
    const free = this.#pragma('freelist_count') as number;
    return { used: (this.#pragma('page_count') as number) - free, free };
  }

  /** Moves all into the file itself. The log keeps its room, and begins anew. */
  checkpoint(): void {
    this.exec('pragma wal_checkpoint(restart)');
  }

  exec(text: string): void {
    this.#database.exec(text);
  }

  /** Never throws: what was committed is safe, and of what was not nobody said that it is. */
  close(): void {
    try {
      this.#database.close();
    } catch {
      // The next opening finds what it was.
    }
  }

  #pragma(text: string, name = text): unknown {
    return this.#database.prepare(`pragma ${text}`).get()?.[name];
  }

  #statement(name: keyof typeof statements): StatementSync {
    let prepared = this.#prepared.get(name);
    if (!prepared) this.#prepared.set(name, (prepared = this.#database.prepare(statements[name])));
    return prepared;
  }
}

const [ioError, corrupt, full] = [10, 11, 13];
const damaged = (why: string) => Object.assign(new Error(why), { errcode: corrupt });
const codeOf = (cause: unknown): number => (cause as { errcode?: number } | null)?.errcode ?? 0;

/** Whether there is no room, be it SQLite that finds that or the system. */
export const isFull = (cause: unknown): boolean =>
  (codeOf(cause) & 0xff) === full || (cause as NodeJS.ErrnoException | null)?.code === 'ENOSPC';

/** What has nothing to do with what the file holds, by the low byte of the code: no right, no memory, a lock, no room, no file. */
const passing = new Set([3, 5, 6, 7, ioError, full, 14]);
/** Failures to read: the rest of the file may be read all the same. */
const unreadable = new Set([1, 2, 33].map((kind) => ioError + (kind << 8)));

/** Whether the file is not what was written, be it SQLite that finds that or what stands in a column. */
export function isDamage(cause: unknown): boolean {
  const code = codeOf(cause);
  if (code === 0) return (cause as NodeJS.ErrnoException).code === 'ERR_OUT_OF_RANGE';
  return unreadable.has(code) || !passing.has(code & 0xff);
}
