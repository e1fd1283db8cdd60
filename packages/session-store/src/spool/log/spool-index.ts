import type { SpoolDepth, SpoolEntry, SpooledSession } from '../spool.ts';
import type { FoundBatch, Opened } from './spool-thread.ts';

/** Batches are in order, without those that are acknowledged. */
export type IndexedSession = {
  /** Its own, whatever comes later under the same name. */
  readonly number: number;
  lastBatch: number;
  acknowledged: number;
  lastNote: number;
  batches: FoundBatch[];
};

/** What was taken and is not acknowledged: an object per session and per batch, known before the disk has it. */
export class SpoolIndex {
  readonly #sessions = new Map<string, IndexedSession>();
  #nextNumber: number;
  #bytes = 0;

  constructor({ sessions, nextNumber }: Opened) {
    this.#nextNumber = nextNumber;
    for (const { session, batches, ...found } of sessions) {
      this.#sessions.set(session, { ...found, batches: [...batches] });
      for (const { bytes } of batches) this.#bytes += bytes;
    }
  }

  /** Size of the payloads that are not acknowledged. */
  get bytes(): number {
    return this.#bytes;
  }

  find(session: string): IndexedSession | undefined {
    return this.#sessions.get(session);
  }

  /** One that is not there yet begins here. */
  session(session: string): IndexedSession {
    let known = this.#sessions.get(session);
    if (!known) {
      known = { number: this.#nextNumber++, lastBatch: 0, acknowledged: 0, lastNote: 0, batches: [] };
      this.#sessions.set(session, known);
    }
    return known;
  }

  /** @returns whether it is to be kept: it is not when it was acknowledged before it came */
  add({ session, batch, records, atMs, payload }: SpoolEntry): boolean {
    const known = this.session(session);
    known.lastBatch = batch;
    if (batch <= known.acknowledged) return false;
    known.batches.push({ batch, records, atMs, bytes: payload.length });
    this.#bytes += payload.length;
    return true;
  }

  /** @returns size of the payloads that were waiting */
  acknowledge(known: IndexedSession, throughBatch: number): number {
    known.acknowledged = Math.max(known.acknowledged, throughBatch);
    const kept = known.batches.findIndex(({ batch }) => batch > throughBatch);
    const gone = known.batches.splice(0, kept < 0 ? known.batches.length : kept);
    const bytes = gone.reduce((sum, batch) => sum + batch.bytes, 0);
    this.#bytes -= bytes;
    return bytes;
  }

  forget(session: string): void {
    this.#sessions.delete(session);
  }

  depth(): SpoolDepth {
    let [entries, records, oldestAtMs] = [0, 0, Infinity];
    for (const { batches } of this.#sessions.values()) {
      entries += batches.length;
      for (const batch of batches) {
        records += batch.records;
        oldestAtMs = Math.min(oldestAtMs, batch.atMs);
      }
    }
    return { entries, records, bytes: this.#bytes, oldestAtMs: entries > 0 ? oldestAtMs : null };
  }

  sessions(): SpooledSession[] {
    return [...this.#sessions].map(([session, { lastBatch, batches }]) => ({
      session,
      lastBatch,
      records: batches.reduce((sum, { records }) => sum + records, 0),
    }));
  }
}
