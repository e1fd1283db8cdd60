import type { CoverageInterval, SessionReader, StoreRecord } from '@trader/session-store';
import { describe, expect, test } from 'vitest';
import { bookHistory } from './book-history.ts';

type Store = Parameters<typeof bookHistory>[0];

const place = { epoch: 1, sid: 1, seq: 1, market: 'KX' };
const delta = (receivedAtMs: number, price: number, delta: number): StoreRecord => ({
  ...place,
  kind: 'delta',
  side: 'yes',
  exchangeAtMs: null,
  receivedAtMs,
  price,
  delta,
});
const trade = (receivedAtMs: number, size: number): StoreRecord => ({
  ...place,
  kind: 'trade',
  tradeId: 'x',
  takerSide: 'yes',
  isBlockTrade: null,
  exchangeAtMs: null,
  receivedAtMs,
  size,
  yesPrice: 4_000,
});

/** A session that knows the book from `fromMs` on, of which `lastRecordAtMs` is committed. */
function store(records: readonly StoreRecord[], fromMs: number, lastRecordAtMs: number): Store {
  const covered = (of: number, toMs: number): CoverageInterval[] => [
    { fromMs: of, toMs: fromMs, covered: false, cause: 'not recorded', session: null },
    { fromMs, toMs, covered: true, cause: null, session: 's' },
  ];
  return {
    coverage: async (_market, of, toMs) => covered(of, toMs).filter(({ fromMs, toMs }) => fromMs < toMs),
    sessions: async () => [{ status: 'active', lastRecordAtMs }] as unknown as ReturnType<SessionReader['sessions']>,
    bookAt: async () => ({ synced: true, yes: [[4_000, 5]], no: [] }) as unknown as ReturnType<SessionReader['bookAt']>,
    async *replay(_session, { fromMs = 0, toMs = Infinity } = {}) {
      for (const record of records) {
        if (record.kind !== 'gap' && record.receivedAtMs >= fromMs && record.receivedAtMs < toMs) yield record;
      }
    },
  };
}

describe('bookHistory', () => {
  test('folds what came after the book that there was, with its trades, and says what it does not know yet', async () => {
    const records = [
      delta(10_100, 4_000, 3),
      trade(10_200, 7),
      trade(10_300, 1),
      trade(10_600, 2),
      delta(12_000, 4_000, 1),
    ];
    const page = await bookHistory(store(records, 10_000, 11_900), {
      market: 'KX',
      fromMs: 9_500,
      toMs: 12_600,
      stepMs: 500,
    });
    expect(page.columns).toEqual([
      null,
      { whole: true, yes: [4_000, 8], no: [] },
      { whole: false, yes: [], no: [] },
      { whole: false, yes: [], no: [] },
      null,
      null,
    ]);
    expect(page.holes).toEqual([
      { fromMs: 9_500, toMs: 10_000, cause: 'not recorded' },
      { fromMs: 11_900, toMs: 12_500, cause: 'not in the database yet' },
    ]);
    expect(page.trades).toEqual([
      { atMs: 10_000, price: 4_000, size: 8, takerSide: 'yes', count: 2 },
      { atMs: 10_500, price: 4_000, size: 2, takerSide: 'yes', count: 1 },
    ]);
    expect(page.nextFromMs).toBeNull();
  });

  test('a page that is too much ends early, at the end of a column, and says where it goes on', async () => {
    const records = Array.from({ length: 300_000 }, (_, number) => delta(10_000 + Math.floor(number / 300), 4_000, 1));
    const page = await bookHistory(store(records, 10_000, 99_000), {
      market: 'KX',
      fromMs: 10_000,
      toMs: 20_000,
      stepMs: 500,
    });
    expect(page.columns).toEqual([{ whole: true, yes: [4_000, 5 + 150_000], no: [] }]);
    expect(page.nextFromMs).toBe(10_500);
  });
});
