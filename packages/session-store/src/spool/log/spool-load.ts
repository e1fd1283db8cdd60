import type { SpoolFile } from './spool-file.ts';
import { everything, isWhole, placeOf } from './spool-row.ts';
import type { SessionProgress, SpoolState } from './spool-state.ts';
import type { FoundBatch, FoundSession } from './spool-thread.ts';

/** Where the state stands: before all sessions, none of which has the number 0. */
export const stateKey = 0;

/** Each row names its session, should the state be lost. */
export type AboutBatch = readonly [session: string, records: number, atMs: number, length: number];
export type AboutNote = readonly [session: string];

export type Loaded = {
  readonly state: SpoolState;
  readonly found: readonly FoundSession[];
  /** The keys of rows that are not what was written, and count for nothing. */
  readonly spoiled: readonly number[];
};

/** Reads every row once. @param mark a state that is believed where it is later than what the file has */
export function load(file: SpoolFile, mark: SpoolState): Loaded {
  let state = mark;
  let sessions = new Map<number, SessionProgress>(mark.sessions);
  const spoiled: number[] = [];
  const batches = new Map<number, FoundBatch[]>();
  const lastNotes = new Map<number, number>();
  for (const row of file.rows()) {
    if (!isWhole(row)) {
      spoiled.push(row.key);
      continue;
    }
    if (row.key === stateKey) {
      const own = JSON.parse(row.head) as SpoolState;
      if (own.revision < mark.revision) continue;
      state = own;
      sessions = new Map(own.sessions);
      continue;
    }
    const { number, batch, note } = placeOf(row.key);
    const [session, records, atMs, bytes] = JSON.parse(row.head) as AboutBatch;
    const { lastBatch, acknowledged } = sessions.get(number) ?? { lastBatch: 0, acknowledged: 0 };
    sessions.set(number, { session, lastBatch: note > 0 ? lastBatch : Math.max(lastBatch, batch), acknowledged });
    if (note > 0) lastNotes.set(number, note);
    else if (batch > acknowledged) {
      const found = batches.get(number) ?? [];
      if (found.push({ batch, records, atMs, bytes }) === 1) batches.set(number, found);
    }
  }
  const ordered = [...sessions].toSorted(([one], [other]) => one - other);
  const found = ordered
    .filter(([, { acknowledged }]) => acknowledged < everything)
    .map(([number, progress]) => ({
      number,
      ...progress,
      lastNote: lastNotes.get(number) ?? 0,
      batches: batches.get(number) ?? [],
    }));
  return { state: { ...state, sessions: ordered }, found, spoiled };
}
