// What a database holds when it is opened: every row is read once, and one that is not what was written counts for nothing.
import type { Progresses, SessionProgress } from './spool-mark.ts';
import { aboutRow, everything, keysPerSession, type Table } from './spool-row.ts';
import type { SpoolTables } from './spool-tables.ts';
import type { FoundBatch, FoundSession } from './spool-thread.ts';

export type Loaded = {
  readonly sessions: Progresses;
  /** By session the batch up to which there may be rows that nobody needs. */
  readonly freeing: ReadonlyMap<number, number>;
  readonly found: readonly FoundSession[];
  /** Rows that are not what was written: they would stand in the way of others. */
  readonly spoiled: readonly (readonly [table: Table, key: number])[];
};

/**
 * @param mark how far the sessions came at least
 * @param isPartial whether rows of sessions may be missing
 */
export function load(tables: SpoolTables, mark: Progresses, isPartial: boolean): Loaded {
  const spoiled: [Table, number][] = [];
  const sessions = sessionsOf(tables, mark, isPartial, spoiled);
  const freeing = new Map<number, number>();
  const batches = new Map<number, FoundBatch[]>();
  const notes = new Map<number, number>();
  /** Of a session whose own row is lost. */
  const note = (number: number, session: string, batch: number) => {
    const { acknowledged, lastBatch } = sessions.get(number) ?? { acknowledged: 0, lastBatch: 0 };
    sessions.set(number, { session, acknowledged, lastBatch: Math.max(lastBatch, batch) });
    return batch > acknowledged;
  };
  for (const row of tables.rows('batches')) {
    const number = Math.floor(row.key / keysPerSession);
    const about = aboutRow('batches', row);
    if (!about) {
      spoiled.push(['batches', row.key]);
      continue;
    }
    const [session, batch, records, atMs, bytes] = about;
    if (!note(number, session, batch)) continue;
    const known = batches.get(number);
    if (known) known.push({ batch, records, atMs, bytes });
    else batches.set(number, [{ batch, records, atMs, bytes }]);
  }
  for (const row of tables.rows('notes')) {
    const number = Math.floor(row.key / keysPerSession);
    const about = aboutRow('notes', row);
    if (!about) {
      spoiled.push(['notes', row.key]);
      continue;
    }
    note(number, about[0], 0);
    notes.set(number, row.key % keysPerSession);
  }
  for (const [number, { acknowledged }] of sessions) if (acknowledged > 0) freeing.set(number, acknowledged);
  const found = [...sessions]
    .filter(([, { acknowledged }]) => acknowledged < everything)
    .map(([number, progress]) => ({
      number,
      ...progress,
      lastNote: notes.get(number) ?? 0,
      batches: batches.get(number) ?? [],
    }))
    .toSorted((one, other) => one.number - other.number);
  return { sessions, freeing, found, spoiled };
}

function sessionsOf(
  tables: SpoolTables,
  mark: Progresses,
  isPartial: boolean,
  spoiled: [Table, number][],
): Map<number, SessionProgress> {
  const sessions = new Map<number, SessionProgress>();
  for (const row of tables.rows('sessions')) {
    const about = aboutRow('sessions', row);
    if (about) sessions.set(row.key, { session: about[0], lastBatch: about[1], acknowledged: about[2] });
    else spoiled.push(['sessions', row.key]);
  }
  const { lastNumber } = tables;
  for (const [number, { session, lastBatch, acknowledged }] of mark) {
    const own = sessions.get(number);
    // A number that was given and has no row is of one that was forgotten after the mark was written.
    if (!own && number <= lastNumber && !isPartial && spoiled.length === 0) continue;
    sessions.set(number, {
      session,
      lastBatch: Math.max(lastBatch, own?.lastBatch ?? 0),
      acknowledged: Math.max(acknowledged, own?.acknowledged ?? 0),
    });
  }
  return sessions;
}
