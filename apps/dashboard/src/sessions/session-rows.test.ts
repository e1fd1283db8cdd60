import { describe, expect, test } from 'vitest';
import type { Session } from '../live/answers.ts';
import {
  axisTimes,
  barShare,
  commandsFor,
  continued,
  continuing,
  endSentence,
  lastedMs,
  lawMeaning,
  levelOf,
  moveTo,
  placeOf,
  recordersOf,
  sessionRows,
  statusCounts,
} from './session-rows.ts';
import { missingNumbers } from '../text/missing-numbers.ts';
import { shortId } from '../text/session-id.ts';

const session = (id: string, startedAtMs: number, more: Partial<Session> = {}): Session => ({
  id,
  recorder: 'trader',
  status: 'closed',
  startedAtMs,
  endedAtMs: startedAtMs + 900,
  endReason: null,
  continues: null,
  lastRecordAtMs: null,
  messages: 0,
  snapshots: 0,
  deltas: 0,
  trades: 0,
  raw: 0,
  facts: 0,
  gaps: 0,
  shed: 0,
  ...more,
});

const SESSIONS = [
  session('a', 1_000),
  session('d', 4_000, { status: 'active', endedAtMs: null, continues: 'c' }),
  session('c', 3_000, { status: 'health_failure', continues: 'b' }),
  session('b', 2_000),
];

describe('the list', () => {
  test('is newest first, and its line is dotted after a failure', () =>
    expect(sessionRows(SESSIONS, null).map(({ session: { id }, chain }) => [id, chain.below[0]])).toEqual([
      ['d', 'dotted'],
      ['c', 'whole'],
      ['b', 'none'],
      ['a', 'none'],
    ]));

  test('of one status has no line over what is left out', () =>
    expect(sessionRows(SESSIONS, 'active').map(({ session: { id }, chain }) => [id, chain.below[0]])).toEqual([
      ['d', 'none'],
    ]));

  test('counts each status that there is', () =>
    expect(statusCounts(SESSIONS)).toEqual([
      { status: null, count: 4 },
      { status: 'active', count: 1 },
      { status: 'closed', count: 2 },
      { status: 'health_failure', count: 1 },
    ]));

  test('names each recorder once', () =>
    expect(recordersOf([...SESSIONS, session('x', 1, { recorder: 'desk' })])).toEqual(['desk', 'trader']));

  test('keys move by a row and stop at the ends', () => {
    const rows = sessionRows(SESSIONS, null);
    expect(moveTo(rows, null, 1)).toBe('d');
    expect(moveTo(rows, 'd', 1)).toBe('c');
    expect(moveTo(rows, 'd', -1)).toBe('d');
    expect(moveTo(rows, 'a', 1)).toBe('a');
    expect(moveTo([], null, 1)).toBeNull();
  });

  test('a mark has a level for each status', () =>
    expect((['active', 'closed', 'reclaimed', 'error'] as const).map(levelOf)).toEqual(['ok', 'none', 'warn', 'bad']));
});

describe('a session', () => {
  test('lasts until now while it has no end', () => {
    expect(lastedMs(SESSIONS[1]!, 9_000)).toBe(5_000);
    expect(lastedMs(SESSIONS[0]!, 9_000)).toBe(900);
  });

  test.each([
    [500, 1_000_000, 0],
    [1_000_000, 1_000_000, 1],
    [2_000_000, 1_000_000, 1],
    [1_000_000, 1_000_000_000, 0.5],
    [5_000, 1_000, 0],
  ])('of %d ms with the longest %d has a bar of %d', (ms, longestMs, share) =>
    expect(barShare(ms, longestMs)).toBe(share),
  );

  test('says why it ended', () => {
    expect(endSentence({ status: 'active', endReason: null })).toBe('It is being recorded now.');
    expect(endSentence({ status: 'closed', endReason: 'SIGTERM' })).toBe('Ended in order: SIGTERM.');
    expect(endSentence({ status: 'health_failure', endReason: 'feed down.' })).toBe(
      'Ended because its health failed: feed down.',
    );
    expect(endSentence({ status: 'error', endReason: null })).toBe('Ended by an error.');
  });

  test('knows what it continues and what continues it', () => {
    expect(continued(SESSIONS[2]!, SESSIONS)).toEqual({ id: 'b', after: '0.1 s' });
    expect(continuing(SESSIONS[2]!, SESSIONS)).toEqual({ id: 'd', after: '0.1 s' });
    expect(continued(session('x', 0, { continues: 'gone' }), SESSIONS)).toEqual({ id: 'gone', after: null });
    expect(continued(SESSIONS[0]!, SESSIONS)).toBeNull();
    expect(continuing(SESSIONS[0]!, SESSIONS)).toBeNull();
  });

  test('has commands for a shell, with its short id', () => {
    expect(shortId('05a36c39-8971')).toBe('05a36c39');
    expect(commandsFor('05a36c39-8971').map(({ text }) => text)).toContain('trader replay 05a36c39 --speed 10');
  });
});

describe('its strip', () => {
  const within = { fromMs: 1_000, toMs: 2_000 };

  test('places holes, and cuts off what is outside', () => {
    expect(placeOf({ fromMs: 1_250, toMs: 1_500 }, within)).toEqual({ left: 0.25, width: 0.25 });
    expect(placeOf({ fromMs: 1_750, toMs: null }, within)).toEqual({ left: 0.75, width: 0.25 });
    expect(placeOf({ fromMs: 0, toMs: 9_000 }, within)).toEqual({ left: 0, width: 1 });
  });

  test('has times from begin to end', () => expect(axisTimes(within, 2)).toEqual([1_000, 1_500, 2_000]));
});

test('a hole misses the numbers from its first to its last', () => {
  expect(missingNumbers(5, 7)).toBe(3);
  expect(missingNumbers(5, null)).toBeNull();
});

test('a law that is not known has no words', () => {
  expect(lawMeaning('no duplicate')).toBe('no number was stored twice');
  expect(lawMeaning('a new one')).toBe('');
});
