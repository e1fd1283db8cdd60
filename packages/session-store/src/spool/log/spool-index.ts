import type { SpoolDepth, SpoolEntry, SpooledSession } from '../spool.ts';

type BatchCount = { readonly batch: number; readonly atMs: number; entries: number; records: number; bytes: number };

/** Batches are in order; those up to `acknowledged` are not in the list, and those up to `released` not needed in the files. */
type SessionCount = {
  acknowledged: number;
  released: number;
  lastBatch: number;
  batches: BatchCount[];
  segments: number;
};

/**
 * Who waits in the spool, and in which segments: an object per session and per unacknowledged batch, none per entry.
 * Segments are known by their names.
 */
export class SpoolIndex {
  readonly #sessions = new Map<string, SessionCount>();
  /** Per session the last batch that the segment holds something of. */
  readonly #segments = new Map<string, Map<string, number>>();

  /** The last batch that the session is known to have entries of, 0 for none. */
  lastBatch(session: string): number {
    return this.#sessions.get(session)?.lastBatch ?? 0;
  }

  add({ session, batch, records, atMs, payload }: SpoolEntry): void {
    const count = this.#countOf(session);
    count.lastBatch = batch;
    if (batch <= count.acknowledged) return;
    let latest = count.batches.at(-1);
    if (latest?.batch !== batch) {
      latest = { batch, atMs, entries: 0, records: 0, bytes: 0 };
      count.batches.push(latest);
    }
    latest.entries++;
    latest.records += records;
    latest.bytes += payload.length;
  }

  /**
   * A block about the session has its place in that segment.
   *
   * @param batch of an entry; 0 for an acknowledgement, which nobody has to wait for
   */
  place(segment: string, session: string, batch: number): void {
    let batches = this.#segments.get(segment);
    if (!batches) this.#segments.set(segment, (batches = new Map<string, number>()));
    if (!batches.has(session)) this.#countOf(session).segments++;
    batches.set(session, Math.max(batch, batches.get(session) ?? 0));
  }

  /**
   * The batches count no more and are not given back. Their files stay until they are released.
   *
   * @returns bytes of the payloads that were waiting
   */
  acknowledge(session: string, throughBatch: number): number {
    const count = this.#countOf(session);
    if (throughBatch <= count.acknowledged) return 0;
    count.acknowledged = throughBatch;
    const kept = count.batches.findIndex(({ batch }) => batch > throughBatch);
    const gone = count.batches.splice(0, kept < 0 ? count.batches.length : kept);
    return gone.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Nobody will ever ask for these batches again. */
  release(session: string, throughBatch: number): void {
    const count = this.#countOf(session);
    count.released = Math.max(count.released, throughBatch);
  }

  isAcknowledged(session: string, batch: number): boolean {
    return batch <= (this.#sessions.get(session)?.acknowledged ?? 0);
  }

  /** Whether nothing in this segment is needed any more. */
  isDone(segment: string): boolean {
    for (const [session, batch] of this.#segments.get(segment) ?? []) {
      if (batch > (this.#sessions.get(session)?.released ?? 0)) return false;
    }
    return true;
  }

  /** The segment is gone, and with it what is only known because of it. */
  forget(segment: string): void {
    for (const session of this.#segments.get(segment)?.keys() ?? []) {
      const count = this.#sessions.get(session)!;
      count.segments--;
      if (count.segments === 0 && count.batches.length === 0) this.#sessions.delete(session);
    }
    this.#segments.delete(segment);
  }

  depth(): SpoolDepth {
    let [entries, records, bytes] = [0, 0, 0];
    let oldestAtMs = Infinity;
    for (const { batches } of this.#sessions.values()) {
      for (const batch of batches) {
        entries += batch.entries;
        records += batch.records;
        bytes += batch.bytes;
        oldestAtMs = Math.min(oldestAtMs, batch.atMs);
      }
    }
    return { entries, records, bytes, oldestAtMs: entries > 0 ? oldestAtMs : null };
  }

  sessions(): SpooledSession[] {
    return [...this.#sessions].flatMap(([session, { batches }]) => {
      const [first, last] = [batches[0], batches.at(-1)];
      if (!first || !last) return [];
      const entries = batches.reduce((sum, batch) => sum + batch.entries, 0);
      const records = batches.reduce((sum, batch) => sum + batch.records, 0);
      return [{ session, firstBatch: first.batch, lastBatch: last.batch, entries, records }];
    });
  }

  #countOf(session: string): SessionCount {
    let count = this.#sessions.get(session);
    if (!count) {
      count = { acknowledged: 0, released: 0, lastBatch: 0, batches: [], segments: 0 };
      this.#sessions.set(session, count);
    }
    return count;
  }
}
