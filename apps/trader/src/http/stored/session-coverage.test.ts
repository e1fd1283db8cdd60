import type { SessionRow } from '@trader/session-store';
import { expect, test } from 'vitest';
import type { TraderView } from '../../status.ts';
import { Questions } from '../questions.ts';
import { sessionCoverageEndpoints, type SessionAnswer } from './session-coverage.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];

/** The endpoint of a list, over answers that take so long each. */
function listWith(eachMs: number) {
  let nowMs = 0;
  const store = {
    sessions: async ({ id }: { readonly id: string }) => [{ id, status: 'closed' }] as unknown as SessionRow[],
  } as unknown as TraderView['sessionStore'];
  const kept = {
    ask: async (key: string) => {
      nowMs += eachMs;
      return { fromMs: 0, toMs: 60, holes: key.length, spans: [] } as unknown as SessionAnswer;
    },
  };
  const endpoints = sessionCoverageEndpoints(kept, new Questions(() => store), { monotonicMs: () => nowMs });
  const list = endpoints.find(({ path }) => path === '/coverage/sessions')!;
  return async (query: { readonly ids: readonly string[] }) =>
    (await list.answer({ query, params: {}, sent: undefined })) as {
      readonly sessions: readonly { readonly session: string }[];
      readonly left: readonly string[];
    };
}

test('what is not worked out in 2 s is left for the next question, and asking again comes to an end', async () => {
  const list = listWith(1_500);
  const done: string[][] = [];
  for (let left: readonly string[] = ids; left.length > 0;) {
    const answer = await list({ ids: left });
    done.push(answer.sessions.map(({ session }) => session));
    ({ left } = answer);
  }
  expect(done).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  const slow = await listWith(9_000)({ ids });
  expect([slow.sessions.length, slow.left]).toEqual([1, ['b', 'c', 'd', 'e']]);
});
