// Which session is meant: an id, the beginning of one, or `latest`.
import type { SessionId, SessionStore } from '@trader/session-store';
import { TraderError } from '../../errors.ts';

/** Shorter ones are typed by mistake, and are soon ambiguous. */
const LEAST_CHARACTERS = 8;
const WHOLE = 36;
const SHOWN = 5;

/**
 * @param text a whole id, its first 8 characters or more, or `latest`: the session that was opened last
 * @throws {TraderError} `SESSION_UNKNOWN`, `SESSION_AMBIGUOUS`
 */
export async function findSession(store: Pick<SessionStore, 'query' | 'sessions'>, text: string): Promise<SessionId> {
  if (text === 'latest') {
    const [newest] = await store.sessions({ limit: 1 });
    if (newest) return newest.id;
    throw unknown('There is no session yet');
  }
  const prefix = text.toLowerCase();
  if (!/^[0-9a-f-]+$/.test(prefix) || prefix.length > WHOLE) throw unknown(`${quoted(text)} is no session id`);
  if (prefix.length < LEAST_CHARACTERS) {
    throw unknown(`${quoted(text)} is too short: give at least ${LEAST_CHARACTERS} characters of the session's id`);
  }
  // One more than is shown, to know that there are more.
  const rows = await store.query('select id from sessions where id::text like $1 order by ordinal desc limit $2', [
    `${prefix}%`,
    SHOWN + 1,
  ]);
  const ids = rows.map(({ id }) => String(id));
  const [only] = ids;
  if (only === undefined) throw unknown(`There is no session ${text}`);
  if (ids.length === 1) return only;
  const named = `${ids.slice(0, SHOWN).join(', ')}${ids.length > SHOWN ? ', …' : ''}`;
  throw new TraderError('SESSION_AMBIGUOUS', `${text} begins several sessions: ${named}. Give more of it`, {
    exitCode: 2,
  });
}

/**
 * Each once. What is wrong with several of them is said at once.
 *
 * @throws {TraderError} as `findSession`
 */
export async function findSessions(
  store: Pick<SessionStore, 'query' | 'sessions'>,
  texts: readonly string[],
): Promise<readonly SessionId[]> {
  const found = await Promise.allSettled(texts.map(async (text) => findSession(store, text)));
  const refused = found.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const own = refused.filter((error) => error instanceof TraderError);
  if (refused.length > own.length) throw refused.find((error) => !(error instanceof TraderError));
  if (own[0]) throw new TraderError(own[0].code, own.map(({ message }) => message).join('. '), { exitCode: 2 });
  return [...new Set(found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])))];
}

/** Every session, the oldest first. */
export async function allSessions(store: Pick<SessionStore, 'query'>): Promise<readonly SessionId[]> {
  return (await store.query('select id from sessions order by ordinal')).map(({ id }) => String(id));
}

const quoted = (text: string): string => JSON.stringify(text);

const unknown = (what: string): TraderError =>
  new TraderError('SESSION_UNKNOWN', `${what}. trader sessions list has them`, { exitCode: 2 });
