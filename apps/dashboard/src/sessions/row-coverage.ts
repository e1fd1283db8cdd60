// The coverage of the rows that are on the screen: asked for together, kept, and asked for again when it may have changed.
import type { Answer, Session } from '../live/answers.ts';

export type RowCoverage = Answer<'/coverage/sessions'>['sessions'][number];

export type KnownCoverage = {
  /** `null`: the trader knows no such session. */
  readonly coverage: RowCoverage | null;
  /** Of the session, when it was asked. */
  readonly status: Session['status'];
  /** By the monotonic clock. */
  readonly askedAtMs: number;
};

/** The trader takes no more in one question. */
const MOST_ASKED = 40;
const AGAIN_ACTIVE_MS = 30_000;
/** What the spool had of it may have come meanwhile, and retention takes. */
const AGAIN_ENDED_MS = 600_000;

/**
 * What to ask in one question, in the order of the list.
 *
 * @param shown rows that are on the screen
 */
export function coverageToAsk(
  shown: readonly Pick<Session, 'id' | 'status'>[],
  known: ReadonlyMap<string, KnownCoverage>,
  nowMs: number,
): readonly string[] {
  const isDue = ({ id, status }: Pick<Session, 'id' | 'status'>): boolean => {
    const before = known.get(id);
    if (!before || before.status !== status) return true;
    return nowMs - before.askedAtMs >= (status === 'active' ? AGAIN_ACTIVE_MS : AGAIN_ENDED_MS);
  };
  return shown
    .filter(isDue)
    .slice(0, MOST_ASKED)
    .map(({ id }) => id);
}

/** What is known with an answer; what is `left` of it is not, so that it is asked for next. */
export function withAnswer(
  known: ReadonlyMap<string, KnownCoverage>,
  { sessions, unknown }: Pick<Answer<'/coverage/sessions'>, 'sessions' | 'unknown'>,
  statusOf: (id: string) => Session['status'] | undefined,
  nowMs: number,
): ReadonlyMap<string, KnownCoverage> {
  const next = new Map(known);
  const add = (id: string, coverage: RowCoverage | null): void => {
    const status = statusOf(id);
    if (status !== undefined) next.set(id, { coverage, status, askedAtMs: nowMs });
  };
  for (const coverage of sessions) add(coverage.session, coverage);
  for (const id of unknown) add(id, null);
  return next;
}
