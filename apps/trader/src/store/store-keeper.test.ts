import { SessionStoreError, type RecordingSession, type SessionRow, type SessionStore } from '@trader/session-store';
import { expect, test } from 'vitest';
import type { CoordinatorInput } from '../coordinator/step.ts';
import { EventLog } from '../event-log.ts';
import { createLog } from '../log/log.ts';
import { RecorderLifetime } from './recorder-lifetime.ts';
import { StoreKeeper } from './store-keeper.ts';

/** A keeper of a store whose tries to open are answered by hand, in any order. */
function keeping() {
  const tries: PromiseWithResolvers<SessionStore>[] = [];
  const told: CoordinatorInput['type'][] = [];
  const keeper = new StoreKeeper({
    open: async () => {
      const answer = Promise.withResolvers<SessionStore>();
      tries.push(answer);
      return answer.promise;
    },
    recorder: 'desk',
    closeTimeoutMs: 1_000,
    lifetime: new RecorderLifetime('desk'),
    log: createLog('silent'),
    events: new EventLog(),
    tell: ({ type }) => void told.push(type),
  });
  return { keeper, tries, told };
}

const store = (): { readonly store: SessionStore; readonly closed: () => number } => {
  let closed = 0;
  return { store: { close: async () => void closed++ } as unknown as SessionStore, closed: () => closed };
};
const fatal = new SessionStoreError('SCHEMA_TOO_NEW', 'no');

test('a try that fails for good after another came through is no failure of the trader', async () => {
  const { keeper, tries, told } = keeping();
  keeper.openStore(1);
  keeper.openStore(2);
  tries[1]!.resolve(store().store);
  await keeper.tried;
  tries[0]!.reject(fatal);
  await keeper.idle();
  expect(keeper.failure).toBeUndefined();
  expect(told).toEqual(['store-opened']);
});

test('a try that comes through after another failed for good takes that back', async () => {
  const { keeper, tries } = keeping();
  keeper.openStore(1);
  keeper.openStore(2);
  tries[0]!.reject(fatal);
  await expect.poll(() => keeper.failure).toBe(fatal);
  tries[1]!.resolve(store().store);
  await keeper.idle();
  expect(keeper.failure).toBeUndefined();
});

test('a try that finds the folder taken by an earlier one, which is still at it, is no failure of the trader', async () => {
  const { keeper, tries, told } = keeping();
  keeper.openStore(1);
  keeper.openStore(2);
  tries[1]!.reject(new SessionStoreError('DATA_DIR_LOCKED', 'in use by this process', { retryable: true }));
  await expect.poll(() => told).toEqual(['store-refused']);
  expect(keeper.failure).toBeUndefined();
  tries[0]!.resolve(store().store);
  await keeper.idle();
  expect(told).toEqual(['store-refused', 'store-opened']);
});

test('a folder that somebody else has ends the trader', async () => {
  const { keeper, tries } = keeping();
  const taken = new SessionStoreError('DATA_DIR_LOCKED', 'in use by another process', { retryable: true });
  keeper.openStore(1);
  tries[0]!.reject(taken);
  await keeper.idle();
  expect(keeper.failure).toBe(taken);
});

test('of two tries that come through one store is kept, and the other closed', async () => {
  const { keeper, tries } = keeping();
  const [first, second] = [store(), store()];
  keeper.openStore(1);
  keeper.openStore(2);
  tries[0]!.resolve(first.store);
  tries[1]!.resolve(second.store);
  await keeper.idle();
  expect(first.closed() + second.closed()).toBe(1);
  await keeper.closeStore();
  expect([first.closed(), second.closed()]).toEqual([1, 1]);
});

test('whoever waits for the store hears of the failure that ends the trader, and of a mere stop nothing bad', async () => {
  const failing = keeping();
  failing.keeper.openStore(1);
  failing.tries[0]!.reject(fatal);
  await failing.keeper.idle();
  failing.keeper.stopTrying();
  await expect(failing.keeper.tried).rejects.toBe(fatal);
  const stopped = keeping();
  stopped.keeper.stopTrying();
  await stopped.keeper.tried;
});

test('an end that is found late is told, and is not that of the last session', async () => {
  const tries: PromiseWithResolvers<SessionStore>[] = [];
  const events = new EventLog();
  const keeper = new StoreKeeper({
    open: async () => {
      const answer = Promise.withResolvers<SessionStore>();
      tries.push(answer);
      return answer.promise;
    },
    recorder: 'desk',
    closeTimeoutMs: 1_000,
    lifetime: new RecorderLifetime('desk'),
    log: createLog('silent'),
    events,
    tell: () => undefined,
  });
  const rowOf = (id: string) => ({ id, status: 'closed', endReason: 'done' }) as SessionRow;
  const session = (id: string, close: () => Promise<SessionRow>) =>
    ({ id, close, counters: () => ({}) }) as unknown as RecordingSession;
  keeper.openStore(1);
  tries[0]!.resolve({ close: async () => undefined, sessions: async () => [rowOf('a')] } as unknown as SessionStore);
  await keeper.tried;
  const end = { status: 'closed', reason: 'done' } as const;
  const late = new SessionStoreError('CLOSE_TIMEOUT', 'the database is away');
  await expect(
    keeper.close(
      session('a', async () => Promise.reject(late)),
      end,
    ),
  ).rejects.toBe(late);
  await keeper.close(
    session('b', async () => rowOf('b')),
    end,
  );
  const told = () =>
    events.since(null)!.events.flatMap((event) => (event.type === 'session-ended' ? event.session.id : []));
  await expect.poll(told).toEqual(['b', 'a']);
  expect(keeper.lastSession?.id).toBe('b');
  await keeper.closeStore();
});
