import type { SessionCounters, SessionStore } from '@trader/session-store';
import { expect, test } from 'vitest';
import { RecorderLifetime } from './recorder-lifetime.ts';

const counted = (deltas: number): SessionCounters => ({
  messages: deltas,
  snapshots: 0,
  deltas,
  trades: 0,
  raw: 0,
  facts: 0,
  gaps: 0,
  shed: 0,
});

/** A database whose answers come when the test says so. */
function asking() {
  const answers: PromiseWithResolvers<readonly SessionCounters[]>[] = [];
  const query = async (): Promise<readonly SessionCounters[]> => {
    const answer = Promise.withResolvers<readonly SessionCounters[]>();
    answers.push(answer);
    return answer.promise;
  };
  return { answers, store: { query } as unknown as Pick<SessionStore, 'query'> };
}

test('nothing is told before the database has, and then no counter goes back', async () => {
  const { answers, store } = asking();
  const lifetime = new RecorderLifetime('desk');
  lifetime.add(counted(3));
  expect(lifetime.counters(counted(1))).toBeNull();
  const first = lifetime.read(store, null);
  answers[0]!.resolve([counted(10)]);
  await first;
  lifetime.add(counted(5));
  expect(lifetime.counters(counted(1))).toEqual(counted(16));
  // Some of ours are in the spool still.
  const second = lifetime.read(store, 's');
  answers[1]!.resolve([counted(12)]);
  await second;
  expect(lifetime.counters(null)).toEqual(counted(15));
  const third = lifetime.read(store, 's');
  answers[2]!.reject(new Error('away'));
  await third;
  expect(lifetime.counters(null)).toEqual(counted(15));
});

test('an answer that a later question has overtaken counts no records of the session that has begun since', async () => {
  const { answers, store } = asking();
  const lifetime = new RecorderLifetime('desk');
  const reads = [lifetime.read(store, null), lifetime.read(store, 's')];
  answers[1]!.resolve([counted(10)]);
  // With seven records of the session that is open now.
  answers[0]!.resolve([counted(17)]);
  await Promise.all(reads);
  expect(lifetime.counters(counted(7))).toEqual(counted(17));
});
