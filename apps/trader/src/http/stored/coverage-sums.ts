// Coverage in sums: how much of the time of the markets that were recorded can be rebuilt.
import { setTimeout as pause } from 'node:timers/promises';
import type { RecordedMarket, SessionReader } from '@trader/session-store';
import { holeParts } from './hole-parts.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';

export type CoverageStore = Pick<SessionReader, 'recordedMarkets' | 'gapRates' | 'query'>;

type MarketSums = {
  readonly market: string;
  readonly coveredMs: number;
  readonly ofMs: number;
  readonly holes: number;
  /** Its first book in the stretch. */
  readonly fromMs: number;
  /** Of the stretch, as `holeParts` has them: where its longest holes lie. */
  readonly holeParts: number[];
};

export type CoverageSums = {
  /** All that were recorded, and those that are in the sums: the newest, as far as there was time. */
  readonly marketsFound: number;
  readonly marketsSummed: number;
  readonly marketMs: number;
  readonly coveredMs: number;
  readonly marketHoles: number;
  readonly causes: { readonly cause: string; readonly holes: number; readonly uncoveredMs: number }[];
  /** By ticker. */
  readonly markets: readonly MarketSums[];
};

/** The newest. */
const MOST_MARKETS = 20_000;
/** Looked at between two pauses: the event loop reads the feed. */
const MARKETS_AT_ONCE = 200;
/** Then the others are left out: a database without statistics takes many times as long. */
const MOST_MS = 20_000;

/**
 * @param isLost whether a market is wanted, and its latest session is not the one that is open: its time goes on
 * @throws {SessionStoreError}
 */
export async function coverageSums(
  store: CoverageStore,
  stretch: Parameters<CoverageStore['recordedMarkets']>[0],
  isLost: (of: RecordedMarket) => boolean,
): Promise<CoverageSums> {
  const found = await store.recordedMarkets(stretch);
  const recorded = found
    .slice(-MOST_MARKETS)
    .toReversed()
    .map((of): RecordedMarket => (isLost(of) ? { ...of, toMs: stretch.toMs } : of));
  const markets: MarketSums[] = [];
  const began = new Map(recorded.map(({ market, fromMs }) => [market, fromMs]));
  // A lost connection is a hole of all its markets at once, and the answer is kept: they share what they have in common.
  const shared = new Map<string, number[]>();
  const causes = new Map<string, { cause: string; holes: number; uncoveredMs: number }>();
  const endMs = systemRuntime.monotonicMs() + MOST_MS;
  for (let at = 0; at < recorded.length && systemRuntime.monotonicMs() < endMs; at += MARKETS_AT_ONCE) {
    const beganMs = systemRuntime.monotonicMs();
    for await (const rate of store.gapRates(recorded.slice(at, at + MARKETS_AT_ONCE))) {
      const { market, spanMs, uncoveredMs, holes, longestHoles } = rate;
      const mine = holeParts(longestHoles, stretch);
      const parts = shared.get(mine.join()) ?? mine;
      shared.set(mine.join(), parts);
      const fromMs = began.get(market)!;
      markets.push({ market, coveredMs: spanMs - uncoveredMs, ofMs: spanMs, holes, fromMs, holeParts: parts });
      for (const { cause, ...more } of rate.causes) {
        const sum = causes.get(cause) ?? { cause, holes: 0, uncoveredMs: 0 };
        sum.holes += more.holes;
        sum.uncoveredMs += more.uncoveredMs;
        causes.set(cause, sum);
      }
    }
    // Half of the time is others'.
    await pause(systemRuntime.monotonicMs() - beganMs, undefined, { ref: false });
  }
  markets.sort((one, other) => (one.market < other.market ? -1 : 1));
  const sum = (of: (market: MarketSums) => number) => markets.reduce((all, market) => all + of(market), 0);
  return {
    marketsFound: found.length,
    marketsSummed: markets.length,
    marketMs: sum(({ ofMs }) => ofMs),
    coveredMs: sum(({ coveredMs }) => coveredMs),
    marketHoles: sum(({ holes }) => holes),
    causes: [...causes.values()].toSorted((one, other) => other.uncoveredMs - one.uncoveredMs),
    markets,
  };
}
