import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { BookColumns, PART_MS, type BookColumn } from './book-columns.ts';

type Step =
  | { readonly kind: 'change'; readonly side: 'yes' | 'no'; readonly price: number; readonly delta: number }
  | { readonly kind: 'begin'; readonly sizes: readonly number[] }
  | { readonly kind: 'lose' };
type Timed = Step & { readonly afterMs: number };

/** What a page makes of columns: all levels of each. */
function shown(columns: readonly (BookColumn | null)[]): (string | null)[] {
  let yes = new Map<number, number>();
  let no = new Map<number, number>();
  return columns.map((column) => {
    if (!column) return null;
    if (column.whole) [yes, no] = [new Map(), new Map()];
    for (const [levels, flat] of [
      [yes, column.yes],
      [no, column.no],
    ] as const) {
      for (let at = 0; at < flat.length; at += 2) {
        if (flat[at + 1] === 0) levels.delete(flat[at]!);
        else levels.set(flat[at]!, flat[at + 1]!);
      }
    }
    return textOf(yes, no);
  });
}

const textOf = (...sides: ReadonlyMap<number, number>[]): string =>
  JSON.stringify(sides.map((levels) => [...levels].toSorted(([one], [other]) => one - other)));

/** The largest of each level, of several columns that are all known. */
function largest(texts: readonly (string | null)[]): string {
  const sides = [new Map<number, number>(), new Map<number, number>()];
  for (const text of texts) {
    for (const [side, levels] of (JSON.parse(text!) as [number, number][][]).entries()) {
      for (const [price, size] of levels) sides[side]!.set(price, Math.max(sides[side]!.get(price) ?? 0, size));
    }
  }
  return textOf(...sides);
}

const levelsOf = (sizes: readonly number[]) =>
  sizes.flatMap((size, price) => (size > 0 ? [[price, size] as const] : []));

function played(steps: readonly Timed[], stepMs: number, lengthMs: number): BookColumns {
  const columns = new BookColumns(0, stepMs);
  let atMs = 0;
  for (const step of steps) {
    atMs += step.afterMs;
    if (atMs >= lengthMs) break;
    columns.passTo(atMs);
    if (step.kind === 'change') columns.change(step.side, step.price, step.delta);
    else if (step.kind === 'begin') columns.begin(levelsOf(step.sizes), levelsOf(step.sizes.toReversed()));
    else columns.lose();
  }
  columns.passTo(lengthMs);
  return columns;
}

const steps: fc.Arbitrary<Timed[]> = fc.array(
  fc
    .oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constant('change' as const),
          side: fc.constantFrom('yes', 'no'),
          price: fc.nat(4),
          delta: fc.integer({ min: -9, max: 9 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('begin' as const), sizes: fc.array(fc.nat(9), { maxLength: 5 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const) }) },
    )
    .chain((step) => fc.nat(900).map((afterMs) => ({ ...step, afterMs }))),
  { maxLength: 100 },
);

describe('BookColumns', () => {
  test('tells the book at the end of each half second, and then what has changed', () => {
    const columns = new BookColumns(1_000, PART_MS);
    columns.passTo(1_600);
    columns.begin([[4_000, 10]], [[5_000, 7]]);
    columns.passTo(2_100);
    columns.change('yes', 4_000, -10);
    columns.change('yes', 4_100, 3);
    columns.passTo(2_700);
    columns.lose();
    columns.passTo(3_000);
    expect(columns.columns).toEqual([
      null,
      { whole: true, yes: [4_000, 10], no: [5_000, 7] },
      { whole: false, yes: [4_000, 0, 4_100, 3], no: [] },
      null,
    ]);
  });

  test('at the finest step is the book itself, whatever happened', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const ends = Array.from({ length: 40 }, (_, column) => (column + 1) * PART_MS);
        const books = ends.map((endMs) => bookAt(steps, endMs));
        expect(shown(played(steps, PART_MS, 20_000).columns)).toEqual(books);
      }),
    );
  });

  test('a coarse column is the largest of the fine ones in it', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const fine = shown(played(steps, PART_MS, 32_000).columns);
        const coarse = shown(played(steps, 4 * PART_MS, 32_000).columns);
        for (const [place, text] of coarse.entries()) {
          const within = fine.slice(4 * place, 4 * place + 4);
          expect(text === null).toBe(within.at(-1) === null);
          // Behind a hole it has what is known since; where that began within a part, the fine ones do not show it.
          const known = within.slice(within.lastIndexOf(null) + 1);
          const isTorn = text === null || hasLoss(steps, place * 4 * PART_MS, 4 * PART_MS);
          expect(isTorn ? text : largest(known)).toBe(text);
        }
      }),
    );
  });
});

/** Kept in the plainest way. */
function bookAt(steps: readonly Timed[], endMs: number): string | null {
  let atMs = 0;
  let sides: { yes: Map<number, number>; no: Map<number, number> } | null = null;
  for (const step of steps) {
    atMs += step.afterMs;
    if (atMs >= endMs) break;
    if (step.kind === 'lose') sides = null;
    else if (step.kind === 'begin') {
      sides = { yes: new Map(levelsOf(step.sizes)), no: new Map(levelsOf(step.sizes.toReversed())) };
    } else if (sides) {
      const size = Math.max((sides[step.side].get(step.price) ?? 0) + step.delta, 0);
      if (size === 0) sides[step.side].delete(step.price);
      else sides[step.side].set(step.price, size);
    }
  }
  return sides && textOf(sides.yes, sides.no);
}

function hasLoss(steps: readonly Timed[], fromMs: number, forMs: number): boolean {
  let atMs = 0;
  return steps.some((step) => {
    atMs += step.afterMs;
    return step.kind === 'lose' && atMs >= fromMs && atMs < fromMs + forMs;
  });
}
