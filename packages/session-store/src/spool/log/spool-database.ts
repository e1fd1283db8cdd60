// The log as its thread has it: the database file, the mark beside it, and some room that is kept for a full disk.
import { randomFillSync } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateFile } from '../../database/private-files.ts';
import type { SpoolEntry } from '../spool.ts';
import { load, type Loaded } from './spool-load.ts';
import { SpoolMark, type SessionProgress } from './spool-mark.ts';
import { aboutRow, everything, keysPerSession, spoolRow, textOf } from './spool-row.ts';
import { finishSalvage, salvage } from './spool-salvage.ts';
import { isDamage, isFull, SpoolTables } from './spool-tables.ts';
import type { Group, Opened, Span } from './spool-thread.ts';

/** Without it nothing new is taken. A full disk is given it back, so that what was acknowledged can be taken out. */
const reserveBytes = 2 * 2 ** 20;
/** How many batches one group frees: it must not take long. */
const freedAtOnce = 64;
/** Pages of 4 KiB. The file is made small when so many are free, and so few have to be moved for it. */
const [freePages, usedPages] = [1024, 1024];

export class SpoolDatabase {
  readonly #path: string;
  readonly #reserve: string;
  readonly #mark: SpoolMark;
  #hasReserve: boolean;
  #tables: SpoolTables | null = null;
  #loaded: Loaded = { sessions: new Map(), freeing: new Map(), found: [], spoiled: [] };

  /** @throws what SQLite or the system says */
  constructor(folder: string) {
    this.#path = join(folder, 'spool.sqlite');
    this.#reserve = join(folder, 'reserve');
    this.#hasReserve = statSync(this.#reserve, { throwIfNoEntry: false })?.size === reserveBytes;
    this.#mark = new SpoolMark(folder);
    try {
      finishSalvage(this.#path);
      this.#open();
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  opened(): Opened {
    const { sessions, found } = this.#loaded;
    return { sessions: found, nextNumber: Math.max(this.#tables!.lastNumber, ...sessions.keys()) + 1 };
  }

  /** Takes what is new and frees what is not needed. @returns whether there is more to free */
  commit({ items, released }: Group): boolean {
    return this.#whole((tables) => {
      if (items.length > 0) this.#keepReserve(tables);
      const [sessions, freeing] = [new Map(this.#loaded.sessions), new Map(this.#loaded.freeing)];
      const changed = new Set<number>();
      const change = (number: number, progress: SessionProgress) => {
        sessions.set(number, progress);
        changed.add(number);
      };
      try {
        tables.transact(() => {
          for (const item of items) {
            const { session, number } = item;
            const { lastBatch, acknowledged } = sessions.get(number) ?? { lastBatch: 0, acknowledged: 0 };
            const base = number * keysPerSession;
            if ('payload' in item) {
              const { batch, records, atMs, payload } = item;
              const about = [session, batch, records, atMs, payload.length] as const;
              tables.put('batches', spoolRow('batches', base + batch, about, payload));
              change(number, { session, acknowledged, lastBatch: Math.max(lastBatch, batch) });
            } else {
              tables.put('notes', spoolRow('notes', base + item.note, [session], item.text));
              change(number, { session, acknowledged, lastBatch });
            }
          }
          for (const [number, through] of released) {
            const progress = sessions.get(number);
            // None of it has reached the disk.
            if (!progress) continue;
            change(number, { ...progress, acknowledged: Math.max(progress.acknowledged, through) });
            freeing.set(number, Math.max(freeing.get(number) ?? 0, through));
          }
          for (const number of changed) putSession(tables, number, sessions.get(number)!);
          free(tables, sessions, freeing);
        });
      } catch (cause) {
        if (isFull(cause)) this.#giveUpReserve(tables);
        throw cause;
      }
      this.#loaded = { sessions, freeing, found: [], spoiled: [] };
      this.#mark.write(sessions);
      if (freeing.size === 0) shrink(tables);
      return freeing.size > 0;
    });
  }

  read({ number, from, to, maxBytes }: Span): SpoolEntry[] {
    return this.#whole((tables) => {
      const entries: SpoolEntry[] = [];
      let size = 0;
      const base = number * keysPerSession;
      for (const row of tables.rows('batches', base + from, base + to)) {
        const about = aboutRow('batches', row);
        if (!about) continue;
        const [session, batch, records, atMs, length] = about;
        entries.push({ session, batch, records, atMs, payload: textOf(row) });
        size += length;
        if (size >= maxBytes) break;
      }
      return entries;
    });
  }

  notes(number: number): string[] {
    return this.#whole((tables) => {
      const base = number * keysPerSession;
      return [...tables.rows('notes', base, base + everything)].filter((row) => aboutRow('notes', row)).map(textOf);
    });
  }

  close(): void {
    this.#tables?.close();
    this.#mark.close();
  }

  /** Work that finds damage is done again, without what is damaged. */
  #whole<Result>(work: (tables: SpoolTables) => Result): Result {
    try {
      return work(this.#tables!);
    } catch (cause) {
      this.#salvage(cause);
      return work(this.#tables!);
    }
  }

  #open(): void {
    try {
      this.#load(false);
    } catch (cause) {
      this.#salvage(cause);
    }
  }

  #salvage(cause: unknown): void {
    if (!isDamage(cause)) throw cause;
    this.#tables?.close();
    salvage(this.#path, this.#mark.latest, Date.now());
    this.#load(true);
  }

  /** @param isPartial whether rows of sessions may be missing */
  #load(isPartial: boolean): void {
    const tables = (this.#tables = new SpoolTables(this.#path));
    tables.check();
    this.#loaded = load(tables, this.#mark.latest, isPartial);
    try {
      tables.transact(() => {
        for (const [table, key] of this.#loaded.spoiled) tables.remove(table, key, key, 1);
        for (const [number, progress] of this.#loaded.sessions) putSession(tables, number, progress);
      });
    } catch (cause) {
      // Reading needs no room.
      if (!isFull(cause)) throw cause;
      this.#giveUpReserve(tables);
    }
    this.#mark.write(this.#loaded.sessions);
  }

  #keepReserve(tables: SpoolTables): void {
    if (this.#hasReserve) return;
    try {
      // Not zeros, which some file systems do not write.
      writeFileSync(this.#reserve, randomFillSync(Buffer.allocUnsafe(reserveBytes)), { mode: privateFile });
      this.#hasReserve = true;
    } catch (cause) {
      rmSync(this.#reserve, { force: true });
      // What the database has let go of is room as well.
      if (tables.pages.free < freePages) throw cause;
    }
  }

  #giveUpReserve(tables: SpoolTables): void {
    rmSync(this.#reserve, { force: true });
    this.#hasReserve = false;
    try {
      tables.checkpoint();
    } catch {
      // There is some room in the log itself.
    }
  }
}

function putSession(tables: SpoolTables, number: number, { session, lastBatch, acknowledged }: SessionProgress): void {
  tables.put('sessions', spoolRow('sessions', number, [session, lastBatch, acknowledged]), 'replace');
}

/** Takes out some of what nobody needs; of a session that is forgotten its name last, so that its rows are never a riddle. */
function free(tables: SpoolTables, sessions: Map<number, SessionProgress>, freeing: Map<number, number>): void {
  let left = freedAtOnce;
  for (const [number, through] of freeing) {
    const base = number * keysPerSession;
    left -= tables.remove('batches', base, base + through, left);
    if (left <= 0) return;
    freeing.delete(number);
    if (through < everything) continue;
    tables.remove('notes', base, base + everything, everything);
    tables.remove('sessions', number, number, 1);
    sessions.delete(number);
  }
}

function shrink(tables: SpoolTables): void {
  const { used, free } = tables.pages;
  if (free < freePages || used > usedPages) return;
  try {
    tables.exec('vacuum');
    tables.checkpoint();
  } catch (cause) {
    // It takes some room itself.
    if (isDamage(cause)) throw cause;
  }
}
