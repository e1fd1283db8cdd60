import type { SessionStore } from '@trader/session-store';
import { describe, expect, test } from 'vitest';
import { findSession } from './session-id.ts';

const first = '3f2a90c1-0000-4000-8000-000000000001';
const second = '3f2a90c1-0000-4000-8000-000000000002';
const other = 'aaaaaaaa-0000-4000-8000-000000000003';

/** As far as looking for ids goes; the newest first. */
function storeOf(...ids: string[]): Pick<SessionStore, 'query' | 'sessions'> {
  return {
    sessions: async () => ids.map((id) => ({ id }) as never),
    query: async (_text, [pattern, limit] = []) =>
      ids
        .filter((id) => id.startsWith(String(pattern).slice(0, -1)))
        .slice(0, Number(limit))
        .map((id) => ({ id }) as never),
  };
}

describe('findSession', () => {
  const store = storeOf(second, first, other);

  test.each([
    [first, first],
    [first.toUpperCase(), first],
    [other.slice(0, 8), other],
    ['latest', second],
  ])('%s is found', async (text, id) => expect(await findSession(store, text)).toBe(id));

  test.each([
    ['deadbeef', 'There is no session deadbeef'],
    ['aaaaaaa', 'at least 8 characters'],
    ['%%%%%%%%', 'is no session id'],
    [`${first}0`, 'is no session id'],
    ['', 'is no session id'],
  ])('%j is unknown, and it says why', async (text, why) => {
    await expect(findSession(store, text)).rejects.toMatchObject({
      code: 'SESSION_UNKNOWN',
      exitCode: 2,
      message: expect.stringContaining(why),
    });
  });

  test('a prefix of several names them and asks for more of it', async () => {
    await expect(findSession(store, '3f2a90c1')).rejects.toMatchObject({
      code: 'SESSION_AMBIGUOUS',
      exitCode: 2,
      message: `3f2a90c1 begins several sessions: ${second}, ${first}. Give more of it`,
    });
  });

  test('there may be no latest', async () => {
    await expect(findSession(storeOf(), 'latest')).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  });
});
