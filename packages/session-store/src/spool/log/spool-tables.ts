// The database file: three tables of rows that look alike, in one transaction at a time.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makePrivateFile } from '../../database/private-files.ts';
import type { SpoolRow, Table } from './spool-row.ts';
import { applicationId, spoolVersion } from './spool-version.ts';

const columns = 'head text, text blob, checksum integer';
// The numbers of sessions never come again: SQLite remembers the highest.
const schema = `create table sessions (key integer primary key autoincrement, ${columns});
  create table batches (key integer primary key, ${columns});
  create table notes (key integer primary key, ${columns});`;

export class SpoolTables {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * @param journal `off` for a file that counts only once it is whole
   * @throws what SQLite says
   */
  constructor(path: string, journal: 'wal' | 'off' = 'wal') {
    makePrivateFile(path);
    // Exclusive, so that there is no third file, which threads would share.
    this.#database = new DatabaseSync(path);
    try {
      this.exec('pragma locking_mode = exclusive; pragma cache_size = -1024; pragma temp_store = memory');
      this.exec(`pragma cell_size_check = on; pragma synchronous = ${journal === 'wal' ? 'full' : 'off'}`);
      if (journal === 'off') this.exec('pragma journal_mode = off');
      if (this.#pragma('page_count') === 0) this.#make();
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
    const [version, application] = [this.#pragma('user_version'), this.#pragma('application_id')];
    const found = this.#pragma('quick_check(1)', 'quick_check');
    if (found !== 'ok') throw damaged(String(found));
    if (version !== spoolVersion || application !== applicationId(spoolVersion)) throw damaged('its header is another');
  }

  /** What was made in here becomes safe as one. */
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

  /** @param mode what becomes of a row that is there */
  put(table: Table, { key, head, text, checksum }: SpoolRow, mode: 'ignore' | 'replace' = 'ignore'): void {
    this.#statement(`insert or ${mode} into ${table} values (?, ?, ?, ?)`).run(key, head, text, checksum);
  }

  /** From key to key, by their order. */
  rows(table: Table, from = 0, to = Number.MAX_SAFE_INTEGER, order: 'asc' | 'desc' = 'asc'): Iterable<SpoolRow> {
    const text = `select * from ${table} where key between ? and ? order by key ${order}`;
    return this.#database.prepare(text).iterate(from, to) as Iterable<SpoolRow>;
  }

  row(table: Table, key: number): SpoolRow | undefined {
    return this.#statement(`select * from ${table} where key = ?`).get(key) as SpoolRow | undefined;
  }

  /** @returns how many went */
  remove(table: Table, from: number, to: number, limit: number): number {
    const some = `select key from ${table} where key between ? and ? limit ?`;
    return Number(this.#statement(`delete from ${table} where key in (${some})`).run(from, to, limit).changes);
  }

  /** The highest number that a session ever had. */
  get lastNumber(): number {
    const row = this.#statement(`select max(seq) as seq from sqlite_sequence`).get() as { seq: number | null };
    return row.seq ?? 0;
  }

  /** Pages with something in them, and pages with nothing. */
  get pages(): { readonly used: number; readonly free: number } {
    const free = this.#pragma('freelist_count') as number;
    return { used: (this.#pragma('page_count') as number) - free, free };
  }

  /** Moves all into the file itself, whose end is cut off where nothing is left in it. What the log took it keeps, to begin anew. */
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

  #make(): void {
    this.transact(() => {
      const id = applicationId(spoolVersion);
      this.exec(`${schema} pragma user_version = ${spoolVersion}; pragma application_id = ${id}`);
    });
  }

  #pragma(text: string, name = text): unknown {
    return this.#database.prepare(`pragma ${text}`).get()?.[name];
  }

  #statement(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) this.#statements.set(text, (statement = this.#database.prepare(text)));
    return statement;
  }
}

const corrupt = 11;
const damaged = (why: string) => Object.assign(new Error(why), { errcode: corrupt });

/** What has nothing to do with what the file holds, by the low byte of SQLite's codes: no room, no memory, no file, no right. */
const passing = new Set([3, 5, 6, 7, 10, 13, 14]);
/** Failures to read: the rest of the file may be read all the same. */
const unreadable = new Set([10 + (1 << 8), 10 + (2 << 8), 10 + (33 << 8)]);

const codeOf = (cause: unknown): number => (cause as { errcode?: number } | null)?.errcode ?? 0;
const full = 13;

/** Whether it is SQLite that finds no room. */
export const isFull = (cause: unknown): boolean => (codeOf(cause) & 0xff) === full;

/** Whether the file is not what was written, be it SQLite that finds that or what stands in a column. */
export function isDamage(cause: unknown): boolean {
  const code = codeOf(cause);
  if (code === 0) return (cause as NodeJS.ErrnoException).code === 'ERR_OUT_OF_RANGE';
  return unreadable.has(code) || !passing.has(code & 0xff);
}
