import { expect, test } from 'vitest';
import { Continuity } from './continuity.ts';
import type { LogBlock } from './log-block.ts';

const entry = (number: number): LogBlock => ({
  number,
  content: { kind: 'entry', session: 's', batch: number, records: 1, atMs: number * 10, payload: new Uint8Array() },
  bytes: new Uint8Array(),
});
const acknowledged = (number: number): LogBlock => ({
  number,
  content: { kind: 'acknowledged', session: 's', batch: 1 },
  bytes: new Uint8Array(),
});
const neighbour = (number: number) => ({ session: 's', batch: number, atMs: number * 10 });

test('a missing number is a hole between the entries on either side, whatever lies between', () => {
  const log = new Continuity(null);
  for (const number of [4, 5]) log.accept(entry(number));
  log.bad(100, 'a');
  log.bad(20, 'b');
  for (const block of [acknowledged(8), entry(9), entry(12)]) log.accept(block);
  expect(log.holes).toEqual([
    { first: 6, last: 7, bytes: 120, segment: 'a', before: neighbour(5), after: neighbour(9) },
    { first: 10, last: 11, bytes: 0, segment: null, before: neighbour(9), after: neighbour(12) },
  ]);
});

test('numbers that come again are not new, and bytes between numbers that follow on are no hole', () => {
  const log = new Continuity(1);
  const isNew = [1, 2, 3, 2, 3, 4].map((number) => {
    log.bad(10, 'a');
    return log.accept(entry(number));
  });
  expect(isNew).toEqual([true, true, true, false, false, true]);
  expect(log).toMatchObject({ holes: [], next: 5, badBytes: 0 });
});

test('what should have come at either end and did not is a hole with one side', () => {
  const log = new Continuity(1);
  log.accept(entry(3));
  log.missing(9);
  expect(log.holes).toMatchObject([
    { first: 1, last: 2, before: null, after: neighbour(3) },
    { first: 4, last: 9, before: neighbour(3), after: null },
  ]);
  expect(log.next).toBe(10);
});
