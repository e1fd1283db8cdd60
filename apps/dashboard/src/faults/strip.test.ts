import { expect, test } from 'vitest';
import type { Span } from '../live/answers.ts';
import type { Injected } from './fault-times.ts';
import { stretchOf, stripOf } from './strip.ts';

const BROKEN_MS = 1_000_000;

const fault = (changed: Partial<Injected> = {}): Injected => ({
  id: '1',
  name: 'half-open',
  kind: 'half-open',
  connection: null,
  state: 'active',
  hits: 3,
  injectedAtMs: BROKEN_MS,
  beginsAtMs: BROKEN_MS,
  endsAtMs: BROKEN_MS + 60_000,
  noticedAtMs: null,
  noticedBy: null,
  healedAtMs: null,
  namedAs: null,
  ...changed,
});

const span = (changed: Partial<Span>): Span => ({
  lane: 'state',
  name: 'ready',
  fromMs: 0,
  toMs: null,
  why: null,
  session: null,
  count: 1,
  ...changed,
});

/** A second for each number, from ten before the break on. */
const history = (framesPerSecond: readonly (number | null)[], stale = framesPerSecond.map(() => 0)) => ({
  stepMs: 1_000,
  atMs: framesPerSecond.map((_, index) => BROKEN_MS - 10_000 + index * 1_000),
  framesPerSecond: [...framesPerSecond],
  books: framesPerSecond.map(() => 20),
  booksStale: stale,
});

test('it reaches from eight seconds before the fault to now, and stays once all has been right for a while', () => {
  expect(stretchOf(fault(), BROKEN_MS + 40_000)).toEqual({ fromMs: BROKEN_MS - 8_000, toMs: BROKEN_MS + 40_000 });
  expect(stretchOf(fault(), BROKEN_MS + 1_000).toMs).toBe(BROKEN_MS + 12_000);
  const healed = fault({ noticedAtMs: BROKEN_MS + 10_000, healedAtMs: BROKEN_MS + 11_000 });
  expect(stretchOf(healed, BROKEN_MS + 3_600_000).toMs).toBe(BROKEN_MS + 46_000);
});

test('without a fault it is the last seconds, with nothing marked', () => {
  const strip = stripOf(null, history([5]), [], BROKEN_MS);
  expect(strip).toMatchObject({ fromMs: BROKEN_MS - 45_000, toMs: BROKEN_MS, marks: [], on: null, believed: null });
  expect(strip.seconds).toHaveLength(1);
});

test('break, noticed and healed are marked when they are known', () => {
  const known = fault({ noticedAtMs: BROKEN_MS + 10_200, healedAtMs: BROKEN_MS + 11_300, namedAs: 'disconnected' });
  expect(stripOf(known, null, [], BROKEN_MS + 20_000).marks).toEqual([
    { kind: 'break', atMs: BROKEN_MS },
    { kind: 'noticed', atMs: BROKEN_MS + 10_200 },
    { kind: 'healed', atMs: BROKEN_MS + 11_300 },
  ]);
  expect(stripOf(fault({ beginsAtMs: BROKEN_MS + 5_000 }), null, [], BROKEN_MS).marks).toEqual([]);
});

test('seconds outside, and those that nobody counted, are left out', () => {
  const { seconds } = stripOf(fault(), history([1, 2, null, 4, 5], [0, 0, 0, 20, 3]), [], BROKEN_MS);
  expect(seconds.map(({ framesPerSecond, booksRight }) => [framesPerSecond, booksRight])).toEqual([
    [4, 0],
    [5, 17],
  ]);
});

test('seconds without a frame are a silence, unless they were over before the fault', () => {
  const before = [9, 9, 0, 0, 0, 0, 9, 9, 9, 9];
  expect(stripOf(fault(), history([...before, 9, 9, 9]), [], BROKEN_MS + 9_000).silence).toBeNull();
  expect(stripOf(fault(), history([...before, 9, 0, 0, 0, 0, 9]), [], BROKEN_MS + 9_000).silence).toEqual({
    fromMs: BROKEN_MS + 1_000,
    toMs: BROKEN_MS + 5_000,
  });
  // Of another fault, later.
  const healed = fault({ noticedAtMs: BROKEN_MS, healedAtMs: BROKEN_MS + 500 });
  expect(stripOf(healed, history([...before, 9, 0, 0, 0, 0, 9]), [], BROKEN_MS + 9_000).silence).toBeNull();
});

test('books were believed right until it was noticed, where anything was missed', () => {
  const nowMs = BROKEN_MS + 20_000;
  expect(stripOf(fault({ noticedAtMs: BROKEN_MS + 900 }), null, [], nowMs).believed).toEqual({
    fromMs: BROKEN_MS,
    toMs: BROKEN_MS + 900,
  });
  expect(stripOf(fault(), null, [], nowMs).believed?.toMs).toBe(nowMs);
  expect(stripOf(fault({ hits: 0 }), null, [], nowMs).believed).toBeNull();
  expect(stripOf(fault({ namedAs: 'passed over' }), null, [], nowMs).believed).toBeNull();
});

test('a fault that was spent at once is not shown as going on', () => {
  const nowMs = BROKEN_MS + 20_000;
  expect(stripOf(fault({ state: 'spent' }), null, [], nowMs).on).toEqual({ fromMs: BROKEN_MS, toMs: BROKEN_MS });
  expect(stripOf(fault(), null, [], nowMs).on).toEqual({ fromMs: BROKEN_MS, toMs: nowMs });
});

test('spans stand in their lanes, cut at the edges, with how long they lasted in whole', () => {
  const strip = stripOf(
    fault(),
    null,
    [
      span({ fromMs: 0 }),
      span({ lane: 'gap', name: 'disconnected', fromMs: BROKEN_MS, toMs: BROKEN_MS + 11_300, count: 2 }),
      span({ lane: 'gap', name: 'long ago', fromMs: 0, toMs: 1 }),
      span({ lane: 'session', name: 'active', session: 'abc', fromMs: 5 }),
      span({ lane: 'feed', name: 'unhealthy' }),
    ],
    BROKEN_MS + 20_000,
  );
  expect(strip.states).toMatchObject([{ fromMs: BROKEN_MS - 8_000, toMs: BROKEN_MS + 20_000, lastedMs: null }]);
  expect(strip.holes).toMatchObject([{ name: 'disconnected', lastedMs: 11_300, count: 2 }]);
  expect(strip.sessions).toMatchObject([{ session: 'abc' }]);
});
