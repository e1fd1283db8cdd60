// What the band says: the state in one word, why, and what to do about it. One sentence each.
import type { StatusSummary } from '../live/answers.ts';
import type { Contact } from '../live/contact.ts';
import type { Level } from '../shell/mark.tsx';
import { stateLevel, stateWord } from '../shell/state-word.ts';
import { count } from '../text/number.ts';
import { shortId } from '../text/session-id.ts';

export type Band = {
  readonly level: Level;
  readonly word: string;
  /** Wall clock; `null`: unknown. */
  readonly sinceMs: number | null;
  readonly lines: readonly string[];
  /** What somebody should do; `null`: nothing. */
  readonly toDo: string | null;
  /** Red: only for what needs somebody. */
  readonly isFlooded: boolean;
};

export function bandOf(status: StatusSummary | null, contact: Contact): Band {
  if (contact.kind === 'lost') return lostBand(status);
  if (!status) return { level: 'none', word: 'Connecting', sinceMs: null, lines: [], toDo: null, isFlooded: false };
  const { state } = status;
  return {
    level: stateLevel(state),
    word: stateWord(state),
    sinceMs: Date.parse(status.since),
    lines: linesOf(status),
    toDo: status.todo,
    isFlooded: state === 'error',
  };
}

function lostBand(status: StatusSummary | null): Band {
  const seen = status
    ? `Last seen ${stateWord(status.state).toLowerCase()}${status.session ? `, in session ${shortId(status.session.id)}` : ''}.`
    : 'It was not there when this page was opened.';
  return {
    level: 'none',
    word: 'No contact',
    sinceMs: null,
    lines: ['This page lost the trader, which may well be recording.', seen],
    toDo: null,
    isFlooded: false,
  };
}

function linesOf(status: StatusSummary): readonly string[] {
  const { state, session, feed, standbyFor, refusal } = status;
  const markets = feed ? count(feed.wanted) : '0';
  switch (state) {
    case 'ready':
      if (!session) return ['Nothing is recorded.'];
      return feed?.wanted === 0
        ? [`Session ${shortId(session.id)} is open.`, 'No market is open; the next listing is asked for by itself.']
        : [`Session ${shortId(session.id)} is recording`, `the order books of ${markets} markets.`];
    case 'standby':
      return standbyFor
        ? [
            `${standbyFor.owner} records session ${shortId(standbyFor.sessionId)}.`,
            'This process takes over when that one ends.',
          ]
        : ['Another process records. This one takes over when it ends.'];
    case 'shutdown':
      return ['It was asked to stop: the session is being closed with its counters.'];
    case 'error':
      return ['Nothing is being recorded.', sentence(refusal ? `${refusal.code}: ${refusal.reason}` : status.cause)];
    case 'startup':
    case 'initializing':
    case 'orderbook_connect':
      return ['Nothing is being recorded yet.', sentence(status.cause)];
  }
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
