// How much of a market's recording is missing, and why: out of its coverage, for many markets.
import { sql } from 'drizzle-orm';
import { texts } from '../../database/array-parameters.ts';
import { numberOf, textOf } from '../../database/rows.ts';
import { sessionDays, type Days } from '../../partitions/session-days.ts';
import type { SessionId } from '../../records.ts';
import { sessionTimes, type SessionTimes } from '../market-sessions.ts';
import type { Read } from '../read.ts';
import type { CoverageInterval } from './coverage-intervals.ts';
import { marketCoverage } from './market-coverage.ts';

/** A market with the span that is asked about, as `verify` found it. Times are ms since the epoch. */
export interface RecordedMarket {
  readonly market: string;
  /** Included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  /** That recorded it. */
  readonly sessions: readonly SessionId[];
}

export interface MarketGapRate {
  readonly market: string;
  /** Stretches of its span in which its book cannot be rebuilt. */
  readonly holes: number;
  readonly uncoveredMs: number;
  readonly spanMs: number;
  /** The longest first. A hole may have several, one after the other. */
  readonly causes: readonly GapCause[];
  /** At most 50, in the order of time. */
  readonly longestHoles: readonly HoleTime[];
}

/** Times are ms since the epoch. */
export interface HoleTime {
  /** Included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

export interface GapCause {
  /** As `coverage` names it; of a session that has ended with its status alone. */
  readonly cause: string;
  /** That have it. */
  readonly holes: number;
  readonly uncoveredMs: number;
}

/** Told of a market, whatever it has: whoever keeps the rates of all markets has room for them. */
const longestTold = 50;

/** Markets that are asked about at a time. */
const marketsAtOnce = 200;

type SessionPlace = { readonly times: SessionTimes; readonly days: Days };

/** By the beginnings of their spans: so those that are asked about together lie together. */
export async function* gapRates(read: Read, recorded: readonly RecordedMarket[]): AsyncGenerator<MarketGapRate> {
  const inOrder = recorded.toSorted((one, other) => one.fromMs - other.fromMs);
  const known = new Map<SessionId, SessionPlace>();
  for (let at = 0; at < inOrder.length; at += marketsAtOnce) {
    const some = inOrder.slice(at, at + marketsAtOnce);
    const places = await placesOf(read, new Set(some.flatMap(({ sessions }) => sessions)), known);
    const rows = await read(
      sql`select id, ticker from markets where ticker = any(${texts(some.map(({ market }) => market))})`,
      'Looking up markets',
    );
    const ids = new Map(rows.map((row) => [textOf(row, 'ticker'), numberOf(row, 'id')]));
    const spans = new Map(some.flatMap((of) => (ids.has(of.market) ? [[ids.get(of.market)!, of]] : [])));
    if (spans.size === 0 || places.length === 0) continue;
    const covered = await marketCoverage(read, spans, {
      sessions: places.map(({ times }) => times),
      days: {
        fromMs: Math.min(...places.map(({ days }) => days.fromMs)),
        untilMs: Math.max(...places.map(({ days }) => days.untilMs)),
      },
      keyframes: true,
    });
    for (const of of some) {
      const intervals = covered.get(ids.get(of.market) ?? Number.NaN);
      if (intervals) yield rateOf(of, intervals);
    }
  }
}

async function placesOf(
  read: Read,
  sessions: ReadonlySet<SessionId>,
  known: Map<SessionId, SessionPlace>,
): Promise<readonly SessionPlace[]> {
  const unknown = [...sessions].filter((session) => !known.has(session));
  for (const times of await sessionTimes(read, unknown)) {
    const days = await sessionDays(async (query) => read(query, 'Looking for a session'), times.session);
    known.set(times.session, { times, days });
  }
  return [...sessions].flatMap((session) => known.get(session) ?? []);
}

function rateOf({ market, fromMs, toMs }: RecordedMarket, intervals: readonly CoverageInterval[]): MarketGapRate {
  const uncovered = intervals.filter(({ covered }) => !covered);
  const holes = holesOf(uncovered);
  const byCause = Map.groupBy(uncovered, ({ cause }) => cause!.replace(/^(session ended as [^:]*):.*$/s, '$1'));
  const uncoveredMs = (of: readonly CoverageInterval[]) => of.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const causes = [...byCause]
    .map(([cause, of]): GapCause => ({ cause, holes: of.length, uncoveredMs: uncoveredMs(of) }))
    .toSorted((one, other) => other.uncoveredMs - one.uncoveredMs);
  return {
    market,
    holes: holes.length,
    uncoveredMs: uncoveredMs(uncovered),
    spanMs: toMs - fromMs,
    causes,
    longestHoles: longestOf(holes),
  };
}

/** Intervals that follow each other are one hole. */
function holesOf(uncovered: readonly HoleTime[]): readonly HoleTime[] {
  const holes: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of uncovered) {
    const last = holes.at(-1);
    if (last?.toMs === fromMs) last.toMs = toMs;
    else holes.push({ fromMs, toMs });
  }
  return holes;
}

function longestOf(holes: readonly HoleTime[]): readonly HoleTime[] {
  if (holes.length <= longestTold) return holes;
  return holes
    .toSorted((one, other) => other.toMs - other.fromMs - (one.toMs - one.fromMs))
    .slice(0, longestTold)
    .toSorted((one, other) => one.fromMs - other.fromMs);
}
