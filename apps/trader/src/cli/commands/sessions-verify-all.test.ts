import { SessionStoreError, type SessionStore } from '@trader/session-store';
import { expect, test } from 'vitest';
import { GapTally } from '../output/gap-report.ts';
import { verificationText, verifyAll, type Verified } from './sessions-verify.ts';

const numbers = { expected: 0, missing: 0 };
const whole = (session: string): Verified => ({ session, ok: true, laws: [], numbers });
const storeThat = (fails: (session: string) => unknown): Pick<SessionStore, 'verify'> => ({
  verify: async (session) => {
    const error = fails(session);
    if (error) throw error;
    return { ...whole(session), markets: [] };
  },
});
const { signal } = new AbortController();
const quiet = { json: true, signal, tally: new GapTally() };

test.each([
  ['a statement fails', new SessionStoreError('QUERY_FAILED', 'no such column'), 'QUERY_FAILED'],
  ['it takes too long', new SessionStoreError('QUERY_TIMEOUT', 'too long'), 'QUERY_TIMEOUT'],
  ['it was dropped meanwhile', new SessionStoreError('SESSION_UNKNOWN', 'gone'), 'SESSION_UNKNOWN'],
  ['a row makes the reader stumble', new RangeError('Invalid time value'), 'INTERNAL'],
])('a session at which %s is not as it should be, and the others are verified', async (_why, error, code) => {
  const store = storeThat((session) => session === 'b' && error);
  const results = await verifyAll(store, ['a', 'b', 'c'], quiet);
  expect(results).toEqual([
    whole('a'),
    { session: 'b', ok: false, laws: [], numbers, failure: { code, message: error.message } },
    whole('c'),
  ]);
  expect(verificationText(results[1]!)).toBe(`b  NOT verified: ${code}: ${error.message}\n`);
});

test.each(['DATABASE_UNREACHABLE', 'DATABASE_REFUSED', 'STORE_CLOSED'] as const)(
  'a database that is away (%s) ends it: each of the others would only say so, too',
  async (code) => {
    const asked: string[] = [];
    const store = storeThat((session) => asked.push(session) && new SessionStoreError(code, 'away'));
    await expect(verifyAll(store, ['a', 'b'], quiet)).rejects.toMatchObject({ code });
    expect(asked).toEqual(['a']);
  },
);

test('a signal ends it', async () => {
  const ends = new AbortController();
  const store = storeThat(() => {
    ends.abort(new Error('ended by SIGINT'));
    return ends.signal.reason;
  });
  await expect(verifyAll(store, ['a', 'b'], { ...quiet, signal: ends.signal })).rejects.toThrow('ended by SIGINT');
});
