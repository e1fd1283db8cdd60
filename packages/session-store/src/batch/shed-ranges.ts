import type { GapRecord, StoreRecord } from '../records.ts';

/** What can be dropped when the queue is full: everything but the ledger. */
export type SheddableRecord = Exclude<StoreRecord, GapRecord>;

/** One range of dropped records, as the ledger names it. */
export type ShedRange = { readonly record: GapRecord; readonly shed: number };

type OpenRange = { -readonly [Field in keyof GapRecord]: GapRecord[Field] } & { toAtMs: number; shed: number };

/**
 * The records dropped since the last `take`, as one range per (epoch, sid). While a session sheds it drops every record, so
 * no stored record lies within a range. Memory grows with subscriptions, not with records.
 */
export class ShedRanges {
  readonly #ranges = new Map<string, OpenRange>();
  #latest: OpenRange | null = null;

  /** How many ranges `take` would give. */
  get size(): number {
    return this.#ranges.size;
  }

  add(record: SheddableRecord): void {
    const range = this.#rangeOf(record);
    const { seq, receivedAtMs } = record;
    if (seq !== null) {
      range.firstSeq = Math.min(range.firstSeq ?? seq, seq);
      range.lastSeq = Math.max(range.lastSeq ?? seq, seq);
    }
    range.fromAtMs = Math.min(range.fromAtMs, receivedAtMs);
    range.toAtMs = Math.max(range.toAtMs, receivedAtMs);
    range.shed++;
  }

  /** Gives the ranges and forgets them. */
  take(): readonly ShedRange[] {
    const taken = [...this.#ranges.values()].map(({ shed, ...record }) => ({ record, shed }));
    this.#ranges.clear();
    this.#latest = null;
    return taken;
  }

  #rangeOf({ epoch, sid, receivedAtMs }: SheddableRecord): OpenRange {
    if (this.#latest?.epoch === epoch && this.#latest.sid === sid) return this.#latest;
    const key = `${epoch}/${sid}`;
    let range = this.#ranges.get(key);
    if (!range) {
      const span = { fromAtMs: receivedAtMs, toAtMs: receivedAtMs };
      range = { kind: 'gap', epoch, sid, firstSeq: null, lastSeq: null, ...span, cause: 'shed', shed: 0 };
      this.#ranges.set(key, range);
    }
    this.#latest = range;
    return range;
  }
}
