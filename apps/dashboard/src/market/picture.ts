// What is known of a book through time, in columns of one length: from the recording where it has them, from the feed where
// they are newer than it. Bounded: the columns farthest from what was asked for last are let go.
import type { BookHistory } from '../live/answers.ts';
import type { Levels } from '../live/levels.ts';
import { columnOf, foldColumns, type Column } from './columns.ts';

export type Hole = { readonly fromMs: number; readonly toMs: number; readonly cause: string };
export type Trade = BookHistory['trades'][number];

/** No hole: it is on its way. */
const ON_ITS_WAY = 'not in the database yet';
const MAX_COLUMNS = 8_000;

export class Picture {
  readonly stepMs: number;
  /** By time over step; `null`: the book was not known. */
  readonly #columns = new Map<number, Column | null>();
  readonly #fromFeed = new Set<number>();
  readonly #holes = new Map<number, Hole>();
  /** By time over step, and there by price and side. */
  readonly #trades = new Map<number, Map<string, Trade>>();

  constructor(stepMs: number) {
    this.stepMs = stepMs;
  }

  indexAt(atMs: number): number {
    return Math.floor(atMs / this.stepMs);
  }

  /** `undefined`: nobody has asked; `null`: the book was not known. */
  column(index: number): Column | null | undefined {
    return this.#columns.get(index);
  }

  /** That touch this time, oldest first. */
  holes(fromMs: number, toMs: number): Hole[] {
    const found = [...this.#holes.values()].filter((hole) => hole.toMs > fromMs && hole.fromMs < toMs);
    return merged(found.toSorted((one, other) => one.fromMs - other.fromMs));
  }

  /** Oldest first. */
  trades(fromMs: number, toMs: number): Trade[] {
    const found: Trade[] = [];
    const end = Math.ceil(toMs / this.stepMs);
    for (let index = this.indexAt(fromMs); index < end; index++) {
      for (const trade of this.#trades.get(index)?.values() ?? []) found.push(trade);
    }
    return found;
  }

  /** The first time in this span of which nothing is known; `null`: all of it is. */
  missingFrom(fromMs: number, toMs: number): number | null {
    const end = this.indexAt(toMs);
    for (let index = this.indexAt(fromMs); index < end; index++) {
      if (!this.#columns.has(index)) return index * this.stepMs;
    }
    return null;
  }

  /** What the recording says, which knows better than the feed did. */
  addPage({ fromMs, stepMs, columns, holes, trades }: BookHistory): void {
    const known = { yes: new Map<number, number>(), no: new Map<number, number>() };
    const onItsWay = holes.find(({ cause }) => cause === ON_ITS_WAY)?.fromMs ?? Infinity;
    columns.forEach((column, offset) => {
      const index = this.indexAt(fromMs) + offset;
      if (!column) {
        known.yes.clear();
        known.no.clear();
        // Where the recording does not reach yet, what the feed said stands.
        if ((index + 1) * stepMs <= onItsWay) this.#columns.set(index, null);
        return;
      }
      applyFlat(known.yes, column.yes, column.whole);
      applyFlat(known.no, column.no, column.whole);
      const changes = column.whole ? 0 : (column.yes.length + column.no.length) / 2;
      this.#columns.set(index, columnOf(known.yes, known.no, changes));
      this.#fromFeed.delete(index);
    });
    for (const hole of holes) if (hole.cause !== ON_ITS_WAY) this.#addHole(hole);
    for (const trade of trades) {
      const index = this.indexAt(trade.atMs);
      const column = this.#trades.get(index) ?? new Map<string, Trade>();
      this.#trades.set(index, column.set(`${trade.price} ${trade.takerSide}`, trade));
    }
    this.#forget(this.indexAt(fromMs));
  }

  /** The book as the feed has it at the end of this column. */
  addLevels(index: number, levels: Levels, changes: number): void {
    const column = levels.synced ? columnOf(levels.yes, levels.no, changes) : null;
    const before = this.#fromFeed.has(index) ? this.#columns.get(index) : undefined;
    this.#columns.set(index, before && column ? foldColumns(before, column) : column);
    this.#fromFeed.add(index);
    this.#forget(index);
  }

  #addHole(hole: Hole): void {
    // A page cuts a hole at its ends; the pieces are joined when they are shown.
    const before = this.#holes.get(hole.fromMs);
    if (!before || before.toMs < hole.toMs) this.#holes.set(hole.fromMs, hole);
  }

  #forget(around: number): void {
    if (this.#columns.size <= MAX_COLUMNS) return;
    const far = [...this.#columns.keys()].toSorted((one, other) => Math.abs(other - around) - Math.abs(one - around));
    for (const index of far.slice(0, MAX_COLUMNS / 4)) {
      this.#columns.delete(index);
      this.#fromFeed.delete(index);
    }
    const keptMs = (MAX_COLUMNS / 2) * this.stepMs;
    const aroundMs = around * this.stepMs;
    for (const index of this.#trades.keys()) {
      if (Math.abs(index - around) > MAX_COLUMNS / 2) this.#trades.delete(index);
    }
    for (const [key, { toMs, fromMs }] of this.#holes) {
      if (Math.min(Math.abs(fromMs - aroundMs), Math.abs(toMs - aroundMs)) > keptMs) this.#holes.delete(key);
    }
  }
}

/** Holes that touch and have one cause are one. */
function merged(holes: readonly Hole[]): Hole[] {
  const joined: Hole[] = [];
  for (const hole of holes) {
    const last = joined.at(-1);
    if (last && last.cause === hole.cause && hole.fromMs <= last.toMs) {
      joined[joined.length - 1] = { ...last, toMs: Math.max(last.toMs, hole.toMs) };
    } else joined.push(hole);
  }
  return joined;
}

function applyFlat(sizes: Map<number, number>, flat: readonly number[], whole: boolean): void {
  if (whole) sizes.clear();
  for (let index = 0; index < flat.length; index += 2) {
    if (flat[index + 1] === 0) sizes.delete(flat[index]!);
    else sizes.set(flat[index]!, flat[index + 1]!);
  }
}
