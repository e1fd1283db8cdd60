// The sessions that the present one continues, oldest first, and how long nothing was recorded between them.
import type { Session } from '../live/answers.ts';

export type ChainLink = {
  readonly session: Session;
  /** Since the one before ended, in ms; `null`: this is the first that is shown. */
  readonly gapMs: number | null;
};

/** @param most of them that are shown, the newest */
export function chainOf(
  sessions: readonly Session[],
  newest: string,
  most: number,
): { readonly links: readonly ChainLink[]; readonly continued: number } {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const chain: Session[] = [];
  // A chain that leads back to itself would be a mistake of the database, and not ours to follow for ever.
  for (let next = byId.get(newest); next && !chain.includes(next);) {
    chain.unshift(next);
    next = next.continues === null ? undefined : byId.get(next.continues);
  }
  const shown = chain.slice(-most);
  return {
    continued: Math.max(chain.length - 1, 0),
    links: shown.map((session, index) => {
      const before = shown[index - 1];
      return { session, gapMs: before?.endedAtMs ? Math.max(session.startedAtMs - before.endedAtMs, 0) : null };
    }),
  };
}

/** A gap of this length and longer is red: somebody noticed it. */
export const LONG_GAP_MS = 15_000;
