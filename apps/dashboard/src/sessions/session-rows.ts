// What the list and the panel say of sessions: pure, without the page.
import type { Session } from '../live/answers.ts';
import type { Level } from '../shell/mark.tsx';
import { duration } from '../text/duration.ts';
import { shortId } from '../text/session-id.ts';
import { chainLines, type ChainRow } from './chain-lines.ts';

export type SessionStatus = Session['status'];

const STATUSES: readonly SessionStatus[] = ['active', 'closed', 'health_failure', 'reclaimed', 'error'];

const LEVELS: Readonly<Record<SessionStatus, Level>> = {
  active: 'ok',
  closed: 'none',
  health_failure: 'bad',
  error: 'bad',
  reclaimed: 'warn',
};

export const levelOf = (status: SessionStatus): Level => LEVELS[status];

/** It did not end in order: what continues it does so after a failure. */
export const isFailure = (status: SessionStatus): boolean =>
  status === 'health_failure' || status === 'error' || status === 'reclaimed';

export type SessionRow = {
  readonly session: Session;
  /** The lines at its left. */
  readonly chain: ChainRow;
};

/** Newest first, of one status or of all. */
export function sessionRows(sessions: readonly Session[], status: SessionStatus | null): readonly SessionRow[] {
  const shown = sessions
    .filter((session) => status === null || session.status === status)
    .toSorted((one, other) => other.startedAtMs - one.startedAtMs);
  const lines = chainLines(shown, isFailure);
  return shown.map((session, index) => ({ session, chain: lines[index]! }));
}

/** By name. */
export const recordersOf = (sessions: readonly Session[]): readonly string[] =>
  [...new Set(sessions.map(({ recorder }) => recorder))].toSorted();

export type StatusCount = { readonly status: SessionStatus | null; readonly count: number };

/** All first, then each status that any session has. */
export function statusCounts(sessions: readonly Session[]): readonly StatusCount[] {
  const counts = STATUSES.map((status) => ({
    status,
    count: sessions.filter((session) => session.status === status).length,
  }));
  return [{ status: null, count: sessions.length }, ...counts.filter(({ count }) => count > 0)];
}

export const lastedMs = (session: Session, nowMs: number): number =>
  Math.max((session.endedAtMs ?? nowMs) - session.startedAtMs, 0);

const SHORTEST_MS = 1_000;

/** How long the bar is, 0 to 1: by the logarithm of time above a second, so that minutes and weeks stand in one list. */
export function barShare(ms: number, longestMs: number): number {
  if (ms <= SHORTEST_MS || longestMs <= SHORTEST_MS) return 0;
  const share = Math.log(ms / SHORTEST_MS) / Math.log(longestMs / SHORTEST_MS);
  return Math.round(Math.min(share, 1) * 1_000) / 1_000;
}

/** The row that is `by` away from this one; the first one when none is chosen. */
export function moveTo(rows: readonly SessionRow[], id: string | null, by: 1 | -1): string | null {
  const index = rows.findIndex(({ session }) => session.id === id);
  const next = index === -1 ? 0 : Math.min(Math.max(index + by, 0), rows.length - 1);
  return rows[next]?.session.id ?? null;
}

const ENDS: Readonly<Record<Exclude<SessionStatus, 'active'>, string>> = {
  closed: 'Ended in order',
  health_failure: 'Ended because its health failed',
  reclaimed: 'Its recorder was gone, so another one ended it',
  error: 'Ended by an error',
};

/** `Ended in order: SIGTERM.` */
export function endSentence({ status, endReason }: Pick<Session, 'status' | 'endReason'>): string {
  if (status === 'active') return 'It is being recorded now.';
  const reason = endReason?.trim().replace(/\.$/, '') ?? '';
  return reason === '' ? `${ENDS[status]}.` : `${ENDS[status]}: ${reason}.`;
}

export type Neighbour = {
  readonly id: string;
  /** `3.7 s`: between the end of one and the begin of the other; `null`: not known. */
  readonly after: string | null;
};

/** What this session continues. */
export function continued(session: Session, sessions: readonly Session[]): Neighbour | null {
  if (session.continues === null) return null;
  const before = sessions.find(({ id }) => id === session.continues);
  return { id: session.continues, after: before ? between(before, session) : null };
}

/** What continues this session. */
export function continuing(session: Session, sessions: readonly Session[]): Neighbour | null {
  const after = sessions.find(({ continues }) => continues === session.id);
  return after ? { id: after.id, after: between(session, after) } : null;
}

const between = (before: Session, after: Session): string | null =>
  before.endedAtMs === null ? null : duration(after.startedAtMs - before.endedAtMs);

export type Stretch = { readonly fromMs: number; readonly toMs: number };

/** Where something lies in a stretch, in shares of it; what is outside is cut off. */
export function placeOf(of: { readonly fromMs: number; readonly toMs: number | null }, within: Stretch) {
  const wholeMs = Math.max(within.toMs - within.fromMs, 1);
  const share = (atMs: number): number => Math.min(Math.max((atMs - within.fromMs) / wholeMs, 0), 1);
  const left = share(of.fromMs);
  return { left, width: Math.max(share(of.toMs ?? within.toMs) - left, 0) };
}

/** Times to write below a strip, evenly from begin to end. */
export const axisTimes = ({ fromMs, toMs }: Stretch, parts: number): readonly number[] =>
  Array.from({ length: parts + 1 }, (_, index) => fromMs + ((toMs - fromMs) * index) / parts);

const LAWS: Readonly<Record<string, string>> = {
  'session row': 'owner, times and end agree',
  'no orphan': 'its owner is alive, or it is closed',
  counters: 'the row counts what the tables hold',
  readable: 'every stored record decodes',
  'no unnamed hole': 'missing numbers are in the ledger',
  'no duplicate': 'no number was stored twice',
  'books fold': 'each gives the next snapshot',
};

export const lawMeaning = (law: string): string => LAWS[law] ?? '';

export type Command = { readonly text: string; readonly does: string };

/** Eight characters of an id are enough for the trader. */
export const commandsFor = (id: string): readonly Command[] => [
  { text: `trader replay ${shortId(id)} --speed 10`, does: 'ten times as fast' },
  { text: `trader export ${shortId(id)} --out export`, does: 'Parquet and coverage' },
  { text: `trader sessions verify ${shortId(id)}`, does: 'the laws above, again' },
];
