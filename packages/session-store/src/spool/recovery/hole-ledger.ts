import type { GapRecord, StoreRecord } from '../../records.ts';
import { rowsForLost, type Stored, type StreamEnds } from '../../batch/stream-ends.ts';

type Hole = { readonly fromAtMs: number | null; readonly cause: string; readonly seen: Set<string> };

/**
 * Names what a damaged spool, or a database that was put back, has lost of one session: for each hole a row for its time, and for
 * each subscription that goes on behind it a row with the numbers between. Follows the records in the order in which they were spooled.
 */
export class HoleLedger {
  readonly #lastSeq = new Map<string, number>();
  #lastAtMs: number | null = null;
  #holes: Hole[] = [];
  #rows: GapRecord[] = [];
  #hasHoles = false;

  /** Whether there ever was one. */
  get hasHoles(): boolean {
    return this.#hasHoles;
  }

  /** What comes is behind this. */
  begin({ ends, lastRecordAtMs }: Stored): void {
    for (const [key, seq] of ends) this.#lastSeq.set(key, seq);
    this.#lastAtMs = lastRecordAtMs;
  }

  /** Something is missing between what was seen and what comes next. */
  hole(cause: string): void {
    this.#hasHoles = true;
    this.#holes.push({ fromAtMs: this.#lastAtMs, cause, seen: new Set() });
    // One that begins where the last one did is the same hole.
    if (this.#holes.length > 1 && this.#holes.at(-2)!.seen.size === 0) this.#holes.pop();
  }

  /** @param records of a batch, in whatever order their kinds stand in it */
  see(records: readonly StoreRecord[]): void {
    const arrived = records.filter((record) => record.kind !== 'gap').toSorted(byArrival);
    const [first] = arrived;
    if (!first) return;
    const hole = this.#holes.at(-1);
    if (hole?.seen.size === 0) {
      this.#rows.push(timeRow(hole, first.epoch, first.receivedAtMs));
      hole.seen.add('');
    }
    for (const [key, numbered] of Map.groupBy(arrived, ({ epoch, sid }) => `${epoch}/${sid}`)) {
      const seqs = numbered.flatMap(({ sid, seq }) => (sid === null || seq === null ? [] : [seq]));
      if (seqs.length === 0) continue;
      const [lowest, highest] = [min(seqs), max(seqs)];
      if (hole) this.#nameNumbers(hole, key, numbered[0]!, lowest);
      this.#lastSeq.set(key, highest);
    }
    this.#lastAtMs = arrived.at(-1)!.receivedAtMs;
  }

  /** The rows since the last call. */
  take(): readonly GapRecord[] {
    return this.#rows.splice(0);
  }

  /** For holes behind which nothing comes any more. @param epoch of what was lost, as far as anybody knows */
  takeEnd(nowMs: number): readonly GapRecord[] {
    const epochs = [...this.#lastSeq.keys()].map((key) => Number(key.split('/')[0]));
    const epoch = Math.max(1, ...epochs);
    const open = this.#holes.filter(({ seen }) => seen.size === 0);
    this.#holes = [];
    return open.map((hole) => timeRow({ ...hole, fromAtMs: hole.fromAtMs ?? nowMs }, epoch, null));
  }

  /** Subscriptions that are known to have come further than what was seen. */
  takeLost(ends: StreamEnds, cause: string, nowMs: number): readonly GapRecord[] {
    return rowsForLost({ ends: this.#lastSeq, lastRecordAtMs: this.#lastAtMs }, ends, { cause, nowMs });
  }

  #nameNumbers(hole: Hole, key: string, { epoch, sid, receivedAtMs }: ArrivedRecord, lowest: number): void {
    if (hole.seen.has(key)) return;
    hole.seen.add(key);
    const before = this.#lastSeq.get(key);
    if (lowest - 1 === before) return;
    this.#rows.push({
      ...timeRow(hole, epoch, receivedAtMs),
      sid,
      // What lies before the spool's oldest record is in the database.
      firstSeq: before === undefined ? null : before + 1,
      lastSeq: lowest - 1,
    });
  }
}

type ArrivedRecord = Exclude<StoreRecord, GapRecord>;

const byArrival = (one: ArrivedRecord, other: ArrivedRecord) => one.receivedAtMs - other.receivedAtMs;

const min = (values: readonly number[]) => values.reduce((least, value) => Math.min(least, value));
const max = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value));

const timeRow = ({ fromAtMs, cause }: Hole, epoch: number, toAtMs: number | null): GapRecord => ({
  kind: 'gap',
  epoch,
  sid: null,
  firstSeq: null,
  lastSeq: null,
  // Clocks may have gone back meanwhile.
  fromAtMs: Math.min(fromAtMs ?? toAtMs ?? 0, toAtMs ?? Infinity),
  toAtMs,
  cause,
});
