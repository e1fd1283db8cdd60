// A picture of a timeline has so many points across and no more: what would fall on one point is one span with a count.

/** Something that lasted. Times are ms since the epoch. */
export type Span = {
  /** Of one kind: `state`, `session`, `gap`, or a component of health. */
  readonly lane: string;
  /** What it was: a state, how a session ended, the cause of a hole, a component's health. */
  readonly name: string;
  readonly fromMs: number;
  /** `null`: it goes on. */
  readonly toMs: number | null;
  readonly why: string | null;
  readonly session: string | null;
  /** Of how many it is made; name, reason and session are those of the worst. */
  readonly count: number;
};

const QUIET = new Set(['ready', 'healthy', 'closed', 'active']);
const BAD = new Set(['error', 'unhealthy', 'health_failure']);

const severity = ({ name }: Span): number => (BAD.has(name) ? 2 : QUIET.has(name) ? 0 : 1);

const endOf = ({ toMs }: Span): number => toMs ?? Infinity;

/** Worse, or as bad and longer. */
const isWorse = (one: Span, other: Span): boolean => {
  const difference = severity(one) - severity(other);
  return difference > 0 || (difference === 0 && endOf(one) - one.fromMs > endOf(other) - other.fromMs);
};

/**
 * Those of a stretch by lane and beginning, with at most `2 × points` in a lane: of those that begin at one point, the ones that
 * end there are made one, and the others one.
 */
export function mergeSpans(
  spans: readonly Span[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  points: number,
): readonly Span[] {
  const pointMs = (toMs - fromMs) / points;
  const merged = new Map<string, Span>();
  for (const span of spans) {
    if (span.fromMs >= toMs || endOf(span) < fromMs) continue;
    const point = Math.max(Math.floor((span.fromMs - fromMs) / pointMs), -1);
    const isLong = endOf(span) - span.fromMs >= pointMs;
    const key = `${span.lane} ${point} ${isLong}`;
    const other = merged.get(key);
    merged.set(key, other ? together(other, span) : span);
  }
  return [...merged.values()].toSorted(
    (one, other) => one.lane.localeCompare(other.lane) || one.fromMs - other.fromMs || endOf(one) - endOf(other),
  );
}

function together(one: Span, other: Span): Span {
  const worse = isWorse(other, one) ? other : one;
  const end = Math.max(endOf(one), endOf(other));
  return {
    ...worse,
    fromMs: Math.min(one.fromMs, other.fromMs),
    toMs: end === Infinity ? null : end,
    count: one.count + other.count,
  };
}
