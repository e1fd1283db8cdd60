import type { MarketGapRate, RecordedMarket } from '@trader/session-store';
import { expect, test } from 'vitest';
import { gapReportText, GapTally } from './gap-report.ts';

const of = (market: string, firstAtMs: number, lastAtMs: number, deltas = 10) => ({
  market,
  deltas,
  snapshots: 1,
  firstAtMs,
  lastAtMs,
});

/** A store in which each market has these holes. */
const storeWith = (causes: Readonly<Record<string, MarketGapRate['causes']>>) => {
  const asked: RecordedMarket[] = [];
  const gapRates = async function* (markets: readonly RecordedMarket[]) {
    asked.push(...markets);
    for (const { market, fromMs, toMs } of markets) {
      const mine = causes[market] ?? [];
      yield {
        market,
        holes: mine.reduce((sum, { holes }) => sum + holes, 0),
        uncoveredMs: mine.reduce((sum, { uncoveredMs }) => sum + uncoveredMs, 0),
        spanMs: toMs - fromMs,
        causes: mine,
        longestHoles: [],
      };
    }
  };
  return { asked, gapRates };
};

test('a market’s span is that of all sessions, and the sums are of all markets', async () => {
  const tally = new GapTally();
  tally.add({
    session: 's1',
    numbers: { expected: 100, missing: 3 },
    markets: [of('A', 1_000, 1_999), of('B', 0, 499)],
  });
  tally.add({ session: 's2', numbers: { expected: 50, missing: 0 }, markets: [of('A', 5_000, 10_999, 7)] });
  const lost = (holes: number, uncoveredMs: number) => ({ cause: 'lost', holes, uncoveredMs });
  const stopped = { cause: 'session ended as closed', holes: 1, uncoveredMs: 3_000 };
  const store = storeWith({ A: [stopped, lost(1, 500)], B: [lost(2, 100)] });
  const report = await tally.report(store, () => undefined);
  expect(store.asked).toEqual([
    { market: 'A', deltas: 17, fromMs: 1_000, toMs: 11_000, sessions: ['s1', 's2'] },
    { market: 'B', deltas: 10, fromMs: 0, toMs: 500, sessions: ['s1'] },
  ]);
  expect(report).toMatchObject({
    deltas: 27,
    numbers: { expected: 150, missing: 3 },
    holes: 4,
    uncoveredMs: 3_600,
    spanMs: 10_500,
    rate: 3_600 / 10_500,
    causes: [stopped, lost(3, 600)],
    markets: [
      { market: 'A', rate: 0.35 },
      { market: 'B', rate: 0.2 },
    ],
  });
  expect(gapReportText(report)).toBe(
    [
      'recorded: 27 deltas of 2 markets; numbers missing: 3 of 150',
      'uncovered: 3 s in 4 holes, 34 % of 10 s over all markets',
      '  session ended as closed: 3 s in 1 holes',
      '  lost: 600 ms in 3 holes',
      'market  deltas  holes  uncovered  rate  causes',
      'A       17      2      3 s        35 %  session ended as closed, lost',
      'B       10      2      100 ms     20 %  lost',
      '',
    ].join('\n'),
  );
});

test('people see the worst markets, and how many more there are', async () => {
  const tally = new GapTally();
  const markets = Array.from({ length: 100_000 }, (_, index) => of(`M${index}`, 0, 99_999));
  tally.add({ session: 's', numbers: { expected: 1, missing: 0 }, markets });
  const hole = (index: number) => [{ cause: 'lost', holes: 1, uncoveredMs: index + 1 }];
  const holes = Object.fromEntries(markets.slice(0, 25).map(({ market }, index) => [market, hole(index)]));
  const text = gapReportText(await tally.report(storeWith(holes), () => undefined));
  const lines = text.trimEnd().split('\n');
  expect(lines[4]).toMatch(/^M24 /);
  expect(lines).toHaveLength(3 + 1 + 10 + 1);
  expect(lines.at(-1)).toBe('… and 15 more with holes (--json has them all)');
});

test('a recording without a hole says so in two lines', async () => {
  const tally = new GapTally();
  tally.add({ session: 's', numbers: { expected: 11, missing: 0 }, markets: [of('A', 0, 59_999)] });
  expect(gapReportText(await tally.report(storeWith({}), () => undefined))).toBe(
    'recorded: 10 deltas of 1 markets; numbers missing: 0 of 11\nuncovered: 0 ms in 0 holes, 0 % of 1 min 00 s over all markets\n',
  );
});
