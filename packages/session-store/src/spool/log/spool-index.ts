import type { SpoolDepth, SpoolEntry, SpooledSession } from '../spool.ts';
import type { FoundBatch, Opened } from './spool-thread.ts';

export type IndexedSession = {
  /** Its own, whatever comes later under the same name. */
  readonly number: number;
  lastBatch: number;
  acknowledged: number;
  lastNote: number;
  /** Those that are not acknowledged, in order, and their records together. */
  batches: FoundBatch[];
  records: number;
};

/** What was taken and is not acknowledged: an object per session and per batch, known before the disk has it. */
export class SpoolIndex {
  readonly #sessions = new Map<string, IndexedSession>();
  #nextNumber: number;
  #bytes = 0;

  constructor({ sessions, nextNumber }: Opened) {
    this.#nextNumber = nextNumber;
    for (const { session, batches, ...found } of sessions) {
      this.#sessions.set(session, { ...found, batches: [...batches], records: recordsOf(batches) });
      this.#bytes += bytesOf(batches);
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
      known = { number: this.#nextNumber++, lastBatch: 0, acknowledged: 0, lastNote: 0, batches: [], records: 0 };
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
    known.records += records;
    this.#bytes += payload.length;
    return true;
  }

  /** @returns size of the payloads that were waiting */
  acknowledge(known: IndexedSession, throughBatch: number): number {
    known.acknowledged = Math.max(known.acknowledged, throughBatch);
    const kept = known.batches.findIndex(({ batch }) => batch > throughBatch);
    const gone = known.batches.splice(0, kept < 0 ? known.batches.length : kept);
    const bytes = bytesOf(gone);
    known.records -= recordsOf(gone);
    this.#bytes -= bytes;
    return bytes;
  }

  forget(session: string): void {
    this.#sessions.delete(session);
  }

  /** Often asked for, also when very many wait. */
  depth(): SpoolDepth {
    const waiting = [...this.#sessions.values()].filter(({ batches }) => batches.length > 0);
    return {
      entries: waiting.reduce((sum, { batches }) => sum + batches.length, 0),
      records: waiting.reduce((sum, { records }) => sum + records, 0),
      bytes: this.#bytes,
      oldestAtMs: waiting.length > 0 ? Math.min(...waiting.map(({ batches }) => batches[0]!.atMs)) : null,
    };
  }

  sessions(): SpooledSession[] {
    return [...this.#sessions].map(([session, { lastBatch, records }]) => ({ session, lastBatch, records }));
  }
}

const bytesOf = (batches: readonly FoundBatch[]) => batches.reduce((sum, { bytes }) => sum + bytes, 0);
const recordsOf = (batches: readonly FoundBatch[]) => batches.reduce((sum, { records }) => sum + records, 0);
