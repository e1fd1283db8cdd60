// The log as its thread has it: the database file, the mark beside it, and some room that is kept for a full disk.
import { randomFillSync } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateFile } from '../../database/private-files.ts';
import type { SpoolEntry } from '../spool.ts';
import { isDamage, isFull, SpoolFile } from './spool-file.ts';
import { batchKey, everything, isWhole, noteKey, placeOf, spoolRow, textOf, type SpoolRow } from './spool-row.ts';
import { finishSalvage, salvage } from './spool-salvage.ts';
import { load, stateKey, type AboutBatch, type AboutNote } from './spool-load.ts';
import { noState, SpoolMark, type SessionProgress, type SpoolState } from './spool-state.ts';
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
  #file!: SpoolFile;
  #state: SpoolState = noState;
  /** By session the batch up to which there may be rows that nobody needs. */
  #freeing: ReadonlyMap<number, number> = new Map();

  /** @throws what SQLite or the system says */
  constructor(folder: string) {
    this.#path = join(folder, 'spool.sqlite');
    this.#reserve = join(folder, 'reserve');
    this.#hasReserve = statSync(this.#reserve, { throwIfNoEntry: false })?.size === reserveBytes;
    finishSalvage(this.#path);
    this.#mark = new SpoolMark(folder);
  }

  open(): Opened {
    try {
      return this.#load();
    } catch (cause) {
      this.#salvage(cause);
      return this.#load();
    }
  }

  /** Takes what is new and frees what is not needed. @returns whether there is more to free */
  commit({ items, released }: Group): boolean {
    return this.#whole(() => {
      if (items.length > 0) this.#keepReserve();
      const sessions = new Map(this.#state.sessions);
      const freeing = new Map(this.#freeing);
      const rows = items.map((item): SpoolRow => {
        const { number, session } = item;
        const { lastBatch, acknowledged } = sessions.get(number) ?? { lastBatch: 0, acknowledged: 0 };
        if ('text' in item) {
          sessions.set(number, { session, lastBatch, acknowledged });
          return spoolRow(noteKey(number, item.note), [session] satisfies AboutNote, item.text);
        }
        const { batch, records, atMs, payload } = item;
        sessions.set(number, { session, lastBatch: Math.max(lastBatch, batch), acknowledged });
        const about = [session, records, atMs, payload.length] satisfies AboutBatch;
        return spoolRow(batchKey(number, batch), about, payload);
      });
      for (const [number, through] of released) {
        const progress = sessions.get(number);
        // None of it has reached the disk.
        if (!progress) continue;
        sessions.set(number, { ...progress, acknowledged: Math.max(progress.acknowledged, through) });
        freeing.set(number, Math.max(freeing.get(number) ?? 0, through));
      }
      this.#save(() => {
        for (const row of rows) this.#file.put(row);
        free(this.#file, sessions, freeing);
        return [...sessions];
      });
      this.#freeing = freeing;
      if (freeing.size === 0) this.#shrink();
      return freeing.size > 0;
    });
  }

  read({ number, from, to, maxBytes }: Span): SpoolEntry[] {
    return this.#whole(() => {
      const entries: SpoolEntry[] = [];
      let size = 0;
      for (const row of this.#file.rows(batchKey(number, from), batchKey(number, to))) {
        if (!isWhole(row)) continue;
        const [session, records, atMs, length] = JSON.parse(row.head) as AboutBatch;
        entries.push({ session, batch: placeOf(row.key).batch, records, atMs, payload: textOf(row) });
        size += length;
        if (size >= maxBytes) break;
      }
      return entries;
    });
  }

  notes(number: number): string[] {
    return this.#whole(() => [...this.#file.rows(...notesOf(number))].filter(isWhole).map(textOf));
  }

  close(): void {
    this.#file?.close();
    this.#mark.close();
  }

  /** Work that finds damage is done again, without what is damaged. */
  #whole<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      this.#salvage(cause);
      this.#load();
      return work();
    }
  }

  #salvage(cause: unknown): void {
    if (!isDamage(cause)) throw cause;
    this.#file?.close();
    // It takes room for another file.
    this.#dropReserve();
    salvage(this.#path);
  }

  #load(): Opened {
    this.#file = new SpoolFile(this.#path);
    this.#file.check();
    const { state, found, spoiled } = load(this.#file, this.#mark.state);
    this.#state = state;
    this.#freeing = new Map(state.sessions.map(([number, { acknowledged }]) => [number, acknowledged]));
    try {
      this.#save(() => {
        // They would stand in the way of others.
        for (const key of spoiled) this.#file.remove(key, key, 1);
        return state.sessions;
      });
    } catch (cause) {
      // Reading needs no room.
      if (!isFull(cause)) throw cause;
    }
    return { sessions: found, nextNumber: Math.max(0, ...this.#freeing.keys()) + 1 };
  }

  /** Makes safe what is done in here, with the state that it leads to. */
  #save(work: () => SpoolState['sessions']): void {
    let state = this.#state;
    try {
      this.#file.transact(() => {
        state = { sessions: work(), revision: this.#state.revision + 1 };
        this.#file.put(spoolRow(stateKey, state), 'replace');
      });
    } catch (cause) {
      if (isFull(cause)) this.#giveUpReserve();
      throw cause;
    }
    this.#state = state;
    this.#mark.write(state);
  }

  #keepReserve(): void {
    if (this.#hasReserve) return;
    try {
      // Not zeros, which some file systems do not write.
      writeFileSync(this.#reserve, randomFillSync(Buffer.allocUnsafe(reserveBytes)), { mode: privateFile });
      this.#hasReserve = true;
    } catch (cause) {
      this.#dropReserve();
      // What the database has let go of is room as well.
      if (this.#file.pages.free < freePages) throw cause;
    }
  }

  #dropReserve(): void {
    rmSync(this.#reserve, { force: true });
    this.#hasReserve = false;
  }

  /** To a full disk, and puts what is in the log in its place. */
  #giveUpReserve(): void {
    this.#dropReserve();
    try {
      this.#file.checkpoint();
    } catch {
      // There is some room in the log itself.
    }
  }

  #shrink(): void {
    const { used, free } = this.#file.pages;
    if (free < freePages || used > usedPages) return;
    try {
      this.#file.exec('vacuum');
      this.#file.checkpoint();
    } catch (cause) {
      // It takes some room itself.
      if (isDamage(cause)) throw cause;
    }
  }
}

const notesOf = (number: number) => [noteKey(number, 1), batchKey(number + 1, 0) - 1] as const;

/** Takes out some of what nobody needs; of a session that is forgotten its name last, so that its rows are never a riddle. */
function free(file: SpoolFile, sessions: Map<number, SessionProgress>, freeing: Map<number, number>): void {
  let left = freedAtOnce;
  for (const [number, through] of freeing) {
    left -= file.remove(batchKey(number, 0), batchKey(number, through), left);
    if (left <= 0) return;
    freeing.delete(number);
    if (through < everything) continue;
    file.remove(...notesOf(number), everything);
    sessions.delete(number);
  }
}
