import { describe, expect, test } from 'vitest';
import type { History, Session, StatusSummary } from '../live/answers.ts';
import { bandOf } from './band-text.ts';
import { chainOf } from './chain.ts';
import { componentRows } from './component-rows.ts';
import { instrumentsOf, lastOf } from './instrument-data.ts';

/** What these look at. */
const status = (changed: Record<string, unknown>): StatusSummary =>
  ({
    state: 'ready',
    since: '2026-08-10T09:31:25.000Z',
    cause: 'session x is recording',
    todo: null,
    session: { id: '5fc7bbea-0000', recorder: 'trader' },
    feed: { wanted: 3, synced: 3, stale: {} },
    refusal: null,
    standbyFor: null,
    discovery: null,
    health: { status: 'healthy', causes: [], components: [] },
    ...changed,
  }) as unknown as StatusSummary;

describe('the band', () => {
  test('says what is recorded', () => {
    const band = bandOf(status({}), { kind: 'live' });
    expect(band).toMatchObject({ word: 'Ready', level: 'ok', isFlooded: false, toDo: null });
    expect(band.lines.join(' ')).toBe('Session 5fc7bbea is recording the order books of 3 markets.');
  });

  test('without a market says that it is no failure', () => {
    const band = bandOf(status({ feed: { wanted: 0, synced: 0, stale: {} } }), { kind: 'live' });
    expect(band.lines.join(' ')).toMatch('No market is open');
  });

  test('floods for an error alone, with what to do, and says first that nothing is recorded', () => {
    const band = bandOf(
      status({ state: 'error', cause: 'AUTH_REJECTED: HTTP 401', todo: 'Put a valid key in place.' }),
      { kind: 'live' },
    );
    expect(band).toMatchObject({ word: 'Error', level: 'bad', isFlooded: true, toDo: 'Put a valid key in place.' });
    expect(band.lines).toEqual(['Nothing is being recorded.', 'AUTH_REJECTED: HTTP 401.']);
    for (const state of ['startup', 'orderbook_connect', 'standby', 'shutdown']) {
      expect(bandOf(status({ state }), { kind: 'live' }).isFlooded, state).toBe(false);
    }
  });

  test('without contact says so, whatever the trader was doing', () => {
    const lost = { kind: 'lost', sinceMs: 0, why: '', nextTryAtMs: 0 } as const;
    expect(bandOf(status({}), lost)).toMatchObject({ word: 'No contact', level: 'none' });
    expect(bandOf(status({}), lost).lines.join(' ')).toMatch('Last seen ready, in session 5fc7bbea');
    expect(bandOf(null, lost).lines.join(' ')).toMatch('was not there');
  });
});

test('of the components the first three are always there, others when they are not well; stale books are counted by reason', () => {
  const component = (name: string, health: string) => ({
    component: name,
    critical: true,
    status: health,
    reason: 'why',
    sinceMs: 5,
  });
  const rows = componentRows(
    status({
      feed: { wanted: 10, synced: 7, stale: { gap: 2, unanswered: 1, desync: 0 } },
      health: {
        components: ['store', 'feed', 'spool', 'memory']
          .map((name) => component(name, 'healthy'))
          .concat(component('disk', 'degraded')),
      },
    }),
  );
  expect(rows.map(({ name, level }) => [name, level])).toEqual([
    ['feed', 'ok'],
    ['spool', 'ok'],
    ['store', 'ok'],
    ['disk', 'warn'],
    ['books', 'warn'],
  ]);
  expect(rows.at(-1)).toMatchObject({ health: '3 of 10 stale', cause: 'gap 2, unanswered 1' });
});

describe('the chain', () => {
  const session = (id: string, continues: string | null, startedAtMs: number, endedAtMs: number | null) =>
    ({ id, continues, startedAtMs, endedAtMs }) as Session;
  const sessions = [session('C', 'B', 300, null), session('B', 'A', 150, 280), session('A', null, 0, 100)];

  test('is oldest first, with the time between', () => {
    const { links, continued } = chainOf(sessions, 'C', 2);
    expect(links.map(({ session: { id }, gapMs }) => [id, gapMs])).toEqual([
      ['B', null],
      ['C', 20],
    ]);
    expect(continued).toBe(2);
  });

  test('that leads back to itself ends', () => {
    expect(chainOf([session('A', 'B', 0, 1), session('B', 'A', 2, 3)], 'A', 9).links).toHaveLength(2);
  });
});

test('a history by seconds is folded by five: means, most, and nothing where nothing was counted', () => {
  const numbers = [1, 2, 3, 4, 5, null, null, null, null, null, 7];
  const columns = Object.fromEntries(
    ['framesPerSecond', 'delayMedianMs', 'delaySlowestMs', 'waiting', 'audits', 'repairs'].map((name) => [
      name,
      numbers,
    ]),
  );
  const folded = instrumentsOf({ ...columns, atMs: numbers.map((_, index) => index * 1_000) } as unknown as History);
  expect(folded.atS).toEqual([0, 5, 10]);
  expect(folded.frames).toEqual([3, null, 7]);
  expect(folded.framesMost).toEqual([5, null, 7]);
  expect(folded.audits).toEqual([15, null, 7]);
  expect(lastOf(folded.frames)).toBe(7);
});
