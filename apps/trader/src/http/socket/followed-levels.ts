// All levels of followed books, told as what has changed since the round before. A round is told to one client after the other;
// what it tells of a book is made once, so that all who follow it are in step.
import type { BookView, Side } from '@trader/orderbook-client';
import { systemRuntime } from '../../runtime/system-runtime.ts';

type Sizes = ReadonlyMap<number, number>;

type Told = {
  readonly sides: Readonly<Record<Side, Sizes>>;
  readonly synced: boolean;
  /** For who was in step; `null`: nothing has changed. */
  readonly changes: string | null;
  /** For who joins; made when the first one does. */
  whole: string | null;
  readonly round: number;
};

export class FollowedLevels {
  readonly #told = new Map<string, Told>();
  #round = 0;

  /** Begins a round. Books that nobody follows any more are let go. */
  begin(followed: ReadonlySet<string>): void {
    this.#round++;
    for (const market of this.#told.keys()) if (!followed.has(market)) this.#told.delete(market);
  }

  /** @returns what to tell in this round; `null`: nothing */
  text(book: BookView, isInStep: boolean): string | null {
    let told = this.#told.get(book.market);
    if (told?.round !== this.#round) this.#told.set(book.market, (told = this.#look(book, told)));
    if (isInStep) return told.changes;
    const { yes, no } = told.sides;
    return (told.whole ??= message(book, told.synced, true, [...yes].flat(), [...no].flat()));
  }

  #look(book: BookView, before: Told | undefined): Told {
    const { synced } = book;
    const sides = { yes: new Map(book.levels('yes')), no: new Map(book.levels('no')) };
    const [yes, no] = (['yes', 'no'] as const).map((side) => changesOf(sides[side], before?.sides[side] ?? new Map()));
    const isChanged = !before || before.synced !== synced || yes!.length > 0 || no!.length > 0;
    // Whoever was in step was told the book of the round before, or of one since which nothing has changed.
    const changes = isChanged ? message(book, synced, false, yes!, no!) : null;
    return { sides, synced, changes, whole: null, round: this.#round };
  }
}

/** Price, size, price, size …; size 0 for what is gone. */
function changesOf(now: Sizes, before: Sizes): number[] {
  const changes: number[] = [];
  for (const [price, size] of now) if (before.get(price) !== size) changes.push(price, size);
  for (const price of before.keys()) if (!now.has(price)) changes.push(price, 0);
  return changes;
}

const message = (
  { market, staleReason }: BookView,
  synced: boolean,
  whole: boolean,
  yes: readonly number[],
  no: readonly number[],
): string =>
  JSON.stringify({ type: 'levels', market, atMs: systemRuntime.nowMs(), synced, staleReason, whole, yes, no });
