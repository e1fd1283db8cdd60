// Some of the soak, and what judges it. All of it is a campaign: campaigns/soak.campaign.ts.
import { seededRandom, testSeed } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { reportText } from '../campaigns/soak/report.ts';
import { explanationOf, faultsOf, soakScript } from '../campaigns/soak/script.ts';
import { slopePerHour } from '../campaigns/soak/slope.ts';
import { runSoak } from '../campaigns/soak/soak.ts';
import { SyncedBooks } from '../campaigns/soak/synced-books.ts';

test('a few faults leave no orphan, no unnamed hole, no duplicate, and no departure from ready unexplained', async () => {
  const faults = ['quiet', 'dead-server', 'database-crash', 'kill', 'drops'] as const;
  const script = faults.map((fault, i) => ({ fault, fromMs: 2_000 * i + 1_000, untilMs: 2_000 * i + 2_500 }));
  const report = await runSoak({
    durationMs: 12_000,
    seed: testSeed(),
    markets: 10,
    rate: 300,
    holdDownMs: 1_000,
    script,
  });
  expect(report.failures, reportText(report)).toEqual([]);
  expect(Object.keys(report.injected)).toEqual(faults);
}, 240_000);

describe('the judge', () => {
  test('is given the same script for the same seed, with every fault in it when there is time', () => {
    const script = soakScript(1_800_000, seededRandom(3));
    expect(soakScript(1_800_000, seededRandom(3))).toEqual(script);
    expect(new Set(script.map(({ fault }) => fault)).size).toBe(19);
    for (const { fromMs, untilMs } of script) expect(untilMs).toBeGreaterThan(fromMs);
  });

  test('lets no fault outlast its step', () => {
    const faults = soakScript(1_800_000, seededRandom(3)).flatMap(({ fault }) => faultsOf(fault, 15_000));
    expect(faults.length).toBeGreaterThan(20);
    for (const fault of faults) expect(fault.until, fault.kind).toBeLessThanOrEqual(15_000);
  });

  test('takes no fault for a reason that lies elsewhere', () => {
    const script = [
      { fault: 'quiet', fromMs: 0, untilMs: 10_000 },
      { fault: 'dead-server', fromMs: 100_000, untilMs: 110_000 },
      { fault: 'database-crash', fromMs: 200_000, untilMs: 210_000 },
    ] as const;
    expect(explanationOf(5_000, script, 5_000)).toBeNull();
    expect(explanationOf(106_000, script, 5_000)?.fault).toBe('dead-server');
    expect(explanationOf(205_000, script, 5_000)).toBeNull();
    expect(explanationOf(99_000, script, 5_000)).toBeNull();
  });

  test('sees a synced book that stays wrong, and none that is on its way', () => {
    const levels = { yes: [[4_000, 500]], no: [[5_500, 700]] } as const;
    const books = new SyncedBooks({ book: () => levels });
    const book = (bid: string, synced = true) => ({
      market: 'KXA',
      synced,
      staleReason: null,
      yesBid: [bid, '5.00'] as const,
      yesAsk: ['0.4500', '7.00'] as const,
    });
    books.compare([book('0.4000')], 0, false);
    expect([books.compared, books.wrong]).toEqual([1, []]);
    for (const [bid, atMs] of [
      ['0.3900', 1_000],
      ['0.3800', 2_500],
      ['0.4000', 4_000],
      ['0.3900', 5_000],
    ] as const)
      books.compare([book(bid)], atMs, false);
    expect(books.wrong).toEqual([]);
    books.compare([book('0.3900', false)], 8_000, false);
    books.compare([book('0.3900')], 9_000, false);
    books.compare([book('0.3900')], 11_500, true);
    books.compare([book('0.3900')], 12_000, false);
    expect(books.wrong).toEqual([]);
    books.compare([book('0.3900')], 14_000, false);
    expect(books.wrong).toEqual([expect.stringContaining('KXA at 14.0 s shows [["0.3900","5.00"]')]);
  });

  test('sees memory that grows', () => {
    const samples = Array.from({ length: 100 }, (_, i) => [i * 1000, 5 + i + (i % 2)] as const);
    expect(slopePerHour(samples)).toBeCloseTo(3600, -2);
    expect(slopePerHour(samples.slice(0, 5))).toBeNull();
  });
});
