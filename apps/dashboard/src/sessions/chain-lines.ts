// The lines at the left of the list: from each session to the one that it continues, wherever that stands in the list. Sessions of
// several recorders lie between each other, so that lines run beside each other, each in a lane.
import type { Session } from '../live/answers.ts';

/** Of a line: none, whole, or dotted: what it leads to did not end in order. */
export type Link = 'none' | 'whole' | 'dotted';

export type ChainRow = {
  /** Where the session's own dot is. */
  readonly lane: number;
  /** By lane: what comes from the row above, and what goes to the row below. */
  readonly above: readonly Link[];
  readonly below: readonly Link[];
};

/** More lines beside each other are not told apart; those that find no lane are not drawn. */
export const MOST_LANES = 3;

type Of = Pick<Session, 'id' | 'continues' | 'status'>;

/** @param sessions as they are listed, newest first */
export function chainLines(
  sessions: readonly Of[],
  isFailure: (status: Session['status']) => boolean,
): readonly ChainRow[] {
  const places = new Map(sessions.map((session, index) => [session.id, { session, index }]));
  /** By lane: the session that its line leads to. */
  const leads: (Of | null)[] = Array.from({ length: MOST_LANES }, () => null);
  const links = (): readonly Link[] =>
    leads.map((to) => (to === null ? 'none' : isFailure(to.status) ? 'dotted' : 'whole'));
  return sessions.map((session, index) => {
    const above = links();
    const arriving = leads.indexOf(session);
    const free = leads.indexOf(null);
    const lane = arriving !== -1 ? arriving : free !== -1 ? free : MOST_LANES - 1;
    if (arriving !== -1) leads[arriving] = null;
    const next = session.continues === null ? undefined : places.get(session.continues);
    const isDrawn = next !== undefined && next.index > index && leads[lane] === null && !leads.includes(next.session);
    if (isDrawn) leads[lane] = next.session;
    return { lane, above, below: links() };
  });
}

/** How many lanes have anything in them, one at least. */
export const lanesOf = (rows: readonly ChainRow[]): number =>
  rows.reduce((most, { lane }) => Math.max(most, lane + 1), 1);
