// What is missing in recordings, and why: for each market, and in all.
import type {
  GapCause,
  MarketGapRate,
  RecordedMarket,
  SessionId,
  SessionReader,
  Verification,
} from '@trader/session-store';
import { countText, durationText, textTable } from './text-table.ts';

type MarketGaps = Omit<MarketGapRate, 'longestHoles'> & { readonly deltas: number; readonly rate: number };

export type GapReport = {
  readonly deltas: number;
  /** Numbers of the subscriptions, and how many of them are not stored. */
  readonly numbers: { readonly expected: number; readonly missing: number };
  readonly holes: number;
  readonly uncoveredMs: number;
  readonly spanMs: number;
  /** Uncovered of the span. */
  readonly rate: number;
  readonly causes: readonly GapCause[];
  /** The worst first. */
  readonly markets: readonly MarketGaps[];
};

/** Markets that are shown to people. */
const MOST_SHOWN = 10;

/** What verifications say of markets, over all sessions. Grows with the markets, and with the sessions that have each. */
export class GapTally {
  readonly #markets = new Map<string, { deltas: number; fromMs: number; toMs: number; sessions: SessionId[] }>();
  readonly #numbers = { expected: 0, missing: 0 };

  add({ session, numbers, markets }: Pick<Verification, 'session' | 'numbers' | 'markets'>): void {
    this.#numbers.expected += numbers.expected;
    this.#numbers.missing += numbers.missing;
    for (const { market, deltas, firstAtMs, lastAtMs } of markets) {
      const of = this.#markets.get(market) ?? { deltas: 0, fromMs: Infinity, toMs: -Infinity, sessions: [] };
      of.deltas += deltas;
      of.fromMs = Math.min(of.fromMs, firstAtMs);
      of.toMs = Math.max(of.toMs, lastAtMs + 1);
      of.sessions.push(session);
      this.#markets.set(market, of);
    }
  }

  /** @param onMarket called after each, with how many there are */
  async report(
    store: Pick<SessionReader, 'gapRates'>,
    onMarket: (done: number, of: number) => void,
  ): Promise<GapReport> {
    const recorded = [...this.#markets].map(([market, of]): RecordedMarket => ({ market, ...of }));
    const markets: MarketGaps[] = [];
    for await (const { longestHoles: _, ...rate } of store.gapRates(recorded)) {
      const { deltas } = this.#markets.get(rate.market)!;
      markets.push({ ...rate, deltas, rate: shareOf(rate.uncoveredMs, rate.spanMs) });
      onMarket(markets.length, recorded.length);
    }
    markets.sort((one, other) => other.uncoveredMs - one.uncoveredMs || (one.market < other.market ? -1 : 1));
    const sum = (of: (market: MarketGaps) => number) => markets.reduce((all, market) => all + of(market), 0);
    const [uncoveredMs, spanMs] = [sum((market) => market.uncoveredMs), sum((market) => market.spanMs)];
    return {
      deltas: sum(({ deltas }) => deltas),
      numbers: { ...this.#numbers },
      holes: sum(({ holes }) => holes),
      uncoveredMs,
      spanMs,
      rate: shareOf(uncoveredMs, spanMs),
      causes: causesOf(markets),
      markets,
    };
  }
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function causesOf(markets: readonly MarketGaps[]): readonly GapCause[] {
  const causes = new Map<string, GapCause>();
  for (const { cause, holes, uncoveredMs } of markets.flatMap((market) => market.causes)) {
    const all = causes.get(cause);
    causes.set(cause, {
      cause,
      holes: holes + (all?.holes ?? 0),
      uncoveredMs: uncoveredMs + (all?.uncoveredMs ?? 0),
    });
  }
  return [...causes.values()].toSorted((one, other) => other.uncoveredMs - one.uncoveredMs);
}

/** For people: the sums, the causes, and the worst markets. */
export function gapReportText({
  deltas,
  numbers,
  holes,
  uncoveredMs,
  spanMs,
  rate,
  causes,
  markets,
}: GapReport): string {
  const lines = [
    `recorded: ${countText(deltas)} deltas of ${countText(markets.length)} markets; numbers missing: ${countText(numbers.missing)} of ${countText(numbers.expected)}`,
    `uncovered: ${durationText(uncoveredMs)} in ${countText(holes)} holes, ${percentText(rate)} of ${durationText(spanMs)} over all markets`,
    ...causes.map((each) => `  ${each.cause}: ${durationText(each.uncoveredMs)} in ${countText(each.holes)} holes`),
  ];
  const worst = markets.filter((market) => market.holes > 0);
  if (worst.length === 0) return `${lines.join('\n')}\n`;
  const rows = worst
    .slice(0, MOST_SHOWN)
    .map((market) => [
      market.market,
      countText(market.deltas),
      countText(market.holes),
      durationText(market.uncoveredMs),
      percentText(market.rate),
      market.causes.map(({ cause }) => cause).join(', '),
    ]);
  const more =
    worst.length > rows.length
      ? `… and ${countText(worst.length - rows.length)} more with holes (--json has them all)\n`
      : '';
  return `${lines.join('\n')}\n${textTable([['market', 'deltas', 'holes', 'uncovered', 'rate', 'causes'], ...rows])}${more}`;
}

/** Small shares are the point: `0.0021 %`. */
const percentText = (share: number): string =>
  `${(100 * share).toLocaleString('en-US', { maximumSignificantDigits: 2 })} %`;
