import { expect, test } from 'vitest';
import { foldFault, isOpen, MOST_KEPT, type FaultInput, type FaultOutcome } from './fault-outcomes.ts';

const injected = (id: string, injectedAtMs: number, lastsMs = 20_000): FaultInput => ({
  type: 'injected',
  fault: {
    id,
    cutId: null,
    name: 'drop',
    kind: 'drop',
    connection: null,
    injectedAtMs,
    beginsAtMs: injectedAtMs,
    endsAtMs: injectedAtMs + lastsMs,
  },
});
const reported = (
  atMs: number,
  what: 'gap' | 'stale' | 'problem',
  name: string,
  done: readonly string[] = ['a', 'b'],
): FaultInput => ({ type: 'reported', atMs, what, name, done: new Set(done) });
const right = (atMs: number): FaultInput => ({ type: 'right', atMs });

const fold = (...inputs: readonly FaultInput[]): readonly FaultOutcome[] =>
  inputs.reduce<readonly FaultOutcome[]>(foldFault, []);
const told = (outcomes: readonly FaultOutcome[]) =>
  outcomes.map(({ id, noticedAtMs, noticedBy, holeCause, healedAtMs }) => [
    id,
    noticedAtMs,
    noticedBy,
    holeCause,
    healedAtMs,
  ]);

test('a fault is noticed by the first report, has the cause of its hole, and heals when all is right', () => {
  const outcomes = fold(
    injected('a', 0),
    right(5),
    reported(10, 'stale', 'gap'),
    reported(10, 'gap', 'sequence'),
    reported(11, 'gap', 'disconnected'),
    right(30),
    right(40),
  );
  expect(told(outcomes)).toEqual([['a', 10, 'gap', 'sequence', 30]]);
});

test('one that nobody reports is neither noticed nor healed', () => {
  expect(told(fold(injected('a', 0), right(10)))).toEqual([['a', null, null, null, null]]);
});

test('of several the newest that was done has the report, and what comes in the same moment', () => {
  const two = [injected('a', 0), injected('b', 5)];
  const outcomes = fold(...two, reported(10, 'gap', 'sequence'), reported(12, 'stale', 'gap'));
  expect(told(outcomes)).toEqual([
    ['a', null, null, null, null],
    ['b', 10, 'sequence', 'sequence', null],
  ]);
  const notDone = fold(...two, reported(10, 'gap', 'sequence', ['a']));
  expect(told(notDone)[0]).toEqual(['a', 10, 'sequence', 'sequence', null]);
});

test('while one has not healed, what is reported is of none before it, and may be of a newer one', () => {
  const outcomes = fold(
    injected('a', 0),
    injected('b', 5),
    reported(10, 'gap', 'sequence'),
    reported(5_000, 'gap', 'disconnected'),
    right(6_000),
    reported(7_000, 'stale', 'desync'),
    right(8_000),
  );
  expect(told(outcomes)).toEqual([
    ['a', 7_000, 'desync', null, 8_000],
    ['b', 10, 'sequence', 'sequence', 6_000],
  ]);
  const newer = fold(
    injected('a', 0),
    reported(10, 'gap', 'sequence'),
    injected('b', 500),
    reported(600, 'gap', 'disconnected'),
    right(900),
  );
  expect(told(newer)).toEqual([
    ['a', 10, 'sequence', 'sequence', 900],
    ['b', 600, 'disconnected', 'disconnected', 900],
  ]);
});

test('with none that waits a report belongs to what has not healed, and to nobody after that', () => {
  const outcomes = fold(
    injected('a', 0),
    reported(10, 'problem', 'NO_ANSWER'),
    reported(900, 'gap', 'disconnected'),
    right(1_000),
    reported(2_000, 'gap', 'sequence'),
  );
  expect(told(outcomes)).toEqual([['a', 10, 'NO_ANSWER', 'disconnected', 1_000]]);
});

test('a report before it begins, or long after its end, is none of it', () => {
  expect(told(fold(injected('a', 100), reported(99, 'gap', 'sequence')))).toEqual([['a', null, null, null, null]]);
  const hidden = fold(injected('a', 0), reported(139_999, 'stale', 'desync'));
  expect(told(hidden)).toEqual([['a', 139_999, 'desync', null, null]]);
  const late = fold(injected('a', 0), reported(140_000, 'stale', 'desync'));
  expect(told(late)).toEqual([['a', null, null, null, null]]);
  expect([isOpen(late[0]!, 139_999), isOpen(late[0]!, 140_000)]).toEqual([true, false]);
});

test('ended ones end then, and the latest two hundred are kept', () => {
  const [ended, over] = fold(injected('a', 0), injected('b', 0, 10), { type: 'ended', atMs: 50 });
  expect([ended!.endsAtMs, over!.endsAtMs]).toEqual([50, 10]);
  const many = fold(...Array.from({ length: MOST_KEPT + 5 }, (_, at) => injected(String(at), at)));
  expect([many.length, many[0]!.id]).toEqual([MOST_KEPT, '5']);
});
