import type { GapRecord, SessionId } from '../../records.ts';
import { brokenFromMs, firstBreak, type BookPlace } from './holes.ts';

/** A stretch of time in which a market's book can be rebuilt, or cannot. Times are ms since the epoch. */
export type CoverageInterval = {
  /** Included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly covered: boolean;
  /**
   * Why it is not covered: the `cause` of a hole in the ledger, `expired`, `before first snapshot`, `session ended as …`
   * (with its status and reason) or `not recorded`. `null` where it is covered.
   */
  readonly cause: string | null;
  /** The session that covers it, or the one that the cause is about; `null` where there is none. */
  readonly session: SessionId | null;
};

/** One session as far as it recorded a market. */
export type SessionCoverage = {
  readonly session: SessionId;
  /** When it was recording, in ms since the epoch; `toMs` is Infinity if nothing is known of its end. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How it ended, for people; `null` while it is active. */
  readonly ended: string | null;
  /** What arrived before this has expired. */
  readonly expiredBeforeMs: number | null;
  /** Where the market's book was known: its snapshots and keyframes, in any order. */
  readonly books: readonly BookPlace[];
  /** The session's ledger, without holes of other markets. */
  readonly gaps: readonly GapRecord[];
};

/** From the strongest claim to an instant to the weakest. */
const ranks = ['covered', 'gap', 'expired', 'before', 'ended', 'not recorded'] as const;

type Claim = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rank: (typeof ranks)[number];
  readonly cause: string | null;
  readonly session: SessionId | null;
};

/**
 * Which of a span is covered by any session and which is not, without a hole and without an overlap, neighbours that say
 * the same made one. Where several sessions have something to say the strongest is taken: covered, a hole, expired, before
 * the first snapshot, a session that has ended, nothing; between equals the latest beginning.
 */
export function coverageIntervals(
  sessions: readonly SessionCoverage[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly CoverageInterval[] {
  const everything: Claim = { fromMs, toMs, rank: 'not recorded', cause: 'not recorded', session: null };
  const claims = [everything, ...sessions.flatMap(claimsOf)]
    .map((claim) => ({ ...claim, fromMs: Math.max(claim.fromMs, fromMs), toMs: Math.min(claim.toMs, toMs) }))
    .filter((claim) => claim.fromMs < claim.toMs)
    .toSorted((one, other) => one.fromMs - other.fromMs);
  const cuts = [...new Set(claims.flatMap((claim) => [claim.fromMs, claim.toMs]))].toSorted(
    (one, other) => one - other,
  );
  const intervals: CoverageInterval[] = [];
  let alive: Claim[] = [];
  let at = 0;
  for (let cut = 0; cut + 1 < cuts.length; cut++) {
    const start = cuts[cut]!;
    alive = alive.filter((claim) => claim.toMs > start);
    while (at < claims.length && claims[at]!.fromMs === start) alive.push(claims[at++]!);
    const { rank, cause, session } = alive.reduce(stronger);
    append(intervals, { fromMs: start, toMs: cuts[cut + 1]!, covered: rank === 'covered', cause, session });
  }
  return intervals;
}

const stronger = (one: Claim, other: Claim): Claim => {
  const difference = ranks.indexOf(one.rank) - ranks.indexOf(other.rank);
  if (difference !== 0) return difference < 0 ? one : other;
  return other.fromMs > one.fromMs ? other : one;
};

function append(intervals: CoverageInterval[], next: CoverageInterval): void {
  const last = intervals.at(-1);
  if (last && last.covered === next.covered && last.cause === next.cause && last.session === next.session) {
    intervals[intervals.length - 1] = { ...last, toMs: next.toMs };
  } else {
    intervals.push(next);
  }
}

/** What one session has to say of the time in which it recorded, and of the time after it. */
function claimsOf(session: SessionCoverage): readonly Claim[] {
  const { session: id, ended, expiredBeforeMs, gaps } = session;
  const books = session.books.toSorted(
    (one, other) => one.receivedAtMs - other.receivedAtMs || one.epoch - other.epoch || one.seq - other.seq,
  );
  if (books.length === 0) return [];
  const firstMs = Math.min(session.fromMs, books[0]!.receivedAtMs);
  const claims: Claim[] = [
    { fromMs: firstMs, toMs: books[0]!.receivedAtMs, rank: 'before', cause: 'before first snapshot', session: id },
  ];
  if (expiredBeforeMs !== null) {
    claims.push({ fromMs: firstMs, toMs: expiredBeforeMs, rank: 'expired', cause: 'expired', session: id });
  }
  if (ended !== null) {
    claims.push({
      fromMs: session.toMs,
      toMs: Infinity,
      rank: 'ended',
      cause: `session ended as ${ended}`,
      session: id,
    });
  }
  books.forEach((book, index) => {
    // A later book takes over, of whichever epoch: the market has moved there.
    const toMs = Math.min(books[index + 1]?.receivedAtMs ?? Infinity, session.toMs);
    const gap = firstBreak(gaps, book);
    const brokenMs = gap ? Math.min(brokenFromMs(gap, book), toMs) : toMs;
    claims.push({ fromMs: book.receivedAtMs, toMs: brokenMs, rank: 'covered', cause: null, session: id });
    if (gap) claims.push({ fromMs: brokenMs, toMs, rank: 'gap', cause: gap.cause, session: id });
  });
  return claims;
}
