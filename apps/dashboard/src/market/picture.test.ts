import { expect, test } from 'vitest';
import type { BookHistory } from '../live/answers.ts';
import type { Levels } from '../live/levels.ts';
import { Picture } from './picture.ts';

const page = (changed: Partial<BookHistory>): BookHistory => ({
  market: 'M',
  fromMs: 0,
  stepMs: 500,
  columns: [],
  holes: [],
  trades: [],
  nextFromMs: null,
  ...changed,
});
const levels = (size: number, changed: Partial<Levels> = {}): Levels => ({
  yes: new Map([[2_300, size]]),
  no: new Map(),
  synced: true,
  staleReason: null,
  changed: 1,
  atMs: 1,
  ...changed,
});

test('a page is a whole book and what changed since', () => {
  const picture = new Picture(500);
  picture.addPage(
    page({
      columns: [
        { whole: true, yes: [2_300, 100, 2_200, 50], no: [] },
        { whole: false, yes: [2_300, 0], no: [7_000, 7] },
      ],
    }),
  );
  expect(picture.column(0)).toMatchObject({ bid: 23, ask: 0 });
  expect(picture.column(1)).toMatchObject({ bid: 22, ask: 30, changes: 2 });
  expect(picture.missingFrom(0, 2_000)).toBe(1_000);
});

test('after a column that is not known the next one is whole, and nothing of before is in it', () => {
  const picture = new Picture(500);
  const whole = { whole: true, yes: [2_300, 100], no: [] };
  picture.addPage(
    page({
      columns: [whole, null, { whole: true, yes: [2_000, 1], no: [] }],
      holes: [{ fromMs: 500, toMs: 1_000, cause: 'sequence' }],
    }),
  );
  expect(picture.column(1)).toBeNull();
  expect(picture.column(2)!.sizes[22]).toBe(0);
  expect(picture.missingFrom(0, 1_500)).toBeNull();
  expect(picture.holes(0, 1_500)).toEqual([{ fromMs: 500, toMs: 1_000, cause: 'sequence' }]);
});

test('what the feed said stands until the recording has it, and then gives way', () => {
  const picture = new Picture(500);
  picture.addLevels(1, levels(700), 1);
  picture.addPage(
    page({ columns: [null, null], holes: [{ fromMs: 0, toMs: 1_000, cause: 'not in the database yet' }] }),
  );
  expect(picture.column(0)).toBeUndefined();
  expect(picture.column(1)!.sizes[22]).toBe(700);
  expect(picture.holes(0, 1_000)).toEqual([]);
  picture.addPage(page({ columns: [null, { whole: true, yes: [2_300, 800], no: [] }] }));
  expect(picture.column(1)!.sizes[22]).toBe(800);
});

test('levels of one column fold into it, and a book that is not right is none', () => {
  const picture = new Picture(500);
  picture.addLevels(3, levels(700), 1);
  picture.addLevels(3, levels(600), 1);
  expect(picture.column(3)).toMatchObject({ changes: 2 });
  expect(picture.column(3)!.sizes[22]).toBe(700);
  picture.addLevels(4, levels(600, { synced: false }), 1);
  expect(picture.column(4)).toBeNull();
});

test('pieces of one hole that pages cut are shown as one', () => {
  const picture = new Picture(500);
  picture.addPage(page({ holes: [{ fromMs: 0, toMs: 500, cause: 'sequence' }] }));
  picture.addPage(page({ fromMs: 500, holes: [{ fromMs: 500, toMs: 900, cause: 'sequence' }] }));
  expect(picture.holes(0, 1_000)).toEqual([{ fromMs: 0, toMs: 900, cause: 'sequence' }]);
});

test('it keeps a bounded number of columns, those near what was added last', () => {
  const picture = new Picture(500);
  const known = { whole: true, yes: [2_300, 1], no: [] };
  for (let pages = 0; pages < 30; pages++) {
    picture.addPage(page({ fromMs: pages * 300_000, columns: Array.from({ length: 600 }, () => known) }));
  }
  const kept = Array.from({ length: 18_000 }, (_, index) => picture.column(index)).filter(
    (column) => column !== undefined,
  );
  expect(kept.length).toBeLessThanOrEqual(8_600);
  expect(picture.column(17_999)).not.toBeUndefined();
  expect(picture.column(0)).toBeUndefined();
});
