import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { SessionStoreError } from '../../errors.ts';
import type { StoreWrite } from '../../events.ts';
import type { SourceStatus } from '../../background/status-sources.ts';
import { RetryQueue } from './retry-queue.ts';

const unreachable = () => new SessionStoreError('DATABASE_UNREACHABLE', 'gone', { retryable: true });
const never = new AbortController().signal;

const setUp = (onStatus?: (status: SourceStatus) => void) => {
  const runtime = new ManualRuntime();
  const statuses: SourceStatus[] = [];
  return { runtime, statuses, queue: new RetryQueue(runtime, onStatus ?? ((status) => statuses.push(status))) };
};

/** Lets each pause pass as soon as it begins, until the promise settles. */
const withoutPauses = async <T>(runtime: ManualRuntime, promise: Promise<T>): Promise<T> => {
  const pending = Symbol('pending');
  while ((await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, pending))])) === pending) {
    runtime.advance(10_000);
  }
  return promise;
};

test('a write is tried until it works, and only the first failure and the end of it are reported', async () => {
  const { runtime, statuses, queue } = setUp();
  let tries = 0;
  const attempt = async () => {
    if (++tries < 50) throw unreachable();
    return tries;
  };
  expect(await withoutPauses(runtime, queue.write(attempt, never))).toBe(50);
  expect(statuses).toEqual([
    { state: 'failing', error: expect.objectContaining({ code: 'DATABASE_UNREACHABLE' }), sinceMs: 1_800_000_000_000 },
    { state: 'writing' },
  ]);
  expect(runtime.armedTimers).toBe(0);
});

test('writes are done one at a time, in order, and a failed one does not stop the next', async () => {
  const { queue } = setUp();
  const done: string[] = [];
  const refused = new SessionStoreError('QUERY_FAILED', 'no');
  const one = queue.write(async () => {
    await new Promise(setImmediate);
    done.push('one');
  }, never);
  const two = queue.write(async () => Promise.reject(refused), never).catch((error: unknown) => error);
  const three = queue.write(async () => void done.push('three'), never);
  expect(await Promise.all([one, two, three])).toEqual([undefined, refused, undefined]);
  expect(done).toEqual(['one', 'three']);
});

test('one that fails again and again holds none of the others up, and writing fails as long as it does', async () => {
  const { runtime, statuses, queue } = setUp();
  let isBack = false;
  const failing = queue.write(async () => (isBack ? 'back' : Promise.reject(unreachable())), never);
  expect(await queue.write(async () => 'written', never)).toBe('written');
  expect(statuses.map(({ state }) => state)).toEqual(['failing']);
  expect(await queue.write(async () => 'written too', never)).toBe('written too');
  expect(statuses.map(({ state }) => state)).toEqual(['failing']);
  isBack = true;
  expect(await withoutPauses(runtime, failing)).toBe('back');
  expect(statuses.map(({ state }) => state)).toEqual(['failing', 'writing']);
});

test('a write that is called off ends with the reason, also in the middle of a pause', async () => {
  const { runtime, queue } = setUp();
  const calledOff = new AbortController();
  const writing = queue.write(async () => Promise.reject(unreachable()), calledOff.signal);
  await expect.poll(() => runtime.armedTimers).toBe(1);
  const reason = new SessionStoreError('CLOSE_TIMEOUT', 'too late');
  calledOff.abort(reason);
  await expect(writing).rejects.toBe(reason);
  expect(runtime.armedTimers).toBe(0);
});

describe('a batch that was committed', () => {
  test('is reported with the time since its first try', async () => {
    const runtime = new ManualRuntime();
    const writes: StoreWrite[] = [];
    const queue = new RetryQueue(
      runtime,
      () => undefined,
      (write) => writes.push(write),
    );
    let tries = 0;
    const slow = async () => {
      runtime.advance(40);
      if (++tries === 1) throw unreachable();
    };
    const written = queue.write(slow, never, { records: 7, bytes: 560, lastRecordAtMs: 5 });
    await expect.poll(() => runtime.armedTimers).toBe(1);
    expect(writes).toEqual([]);
    runtime.advance(10_000);
    await written;
    await queue.write(async () => undefined, never);
    expect(writes).toEqual([{ records: 7, bytes: 560, lastRecordAtMs: 5, elapsedMs: 10_080 }]);
  });

  test('stays committed when the listener throws, which is its owner to see', async () => {
    const failure = new Error('no more room for figures');
    const queue = new RetryQueue(
      new ManualRuntime(),
      () => undefined,
      () => {
        throw failure;
      },
    );
    const uncaught = nextUncaught();
    expect(await queue.write(async () => 'done', never, { records: 1, bytes: 80, lastRecordAtMs: null })).toBe('done');
    expect(await uncaught).toBe(failure);
    const refused = new SessionStoreError('QUERY_FAILED', 'no');
    await expect(
      queue.write(async () => Promise.reject(refused), never, { records: 1, bytes: 80, lastRecordAtMs: null }),
    ).rejects.toBe(refused);
  });
});

/** Takes the place of the test runner's listeners, once. */
async function nextUncaught(): Promise<unknown> {
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const { promise, resolve } = Promise.withResolvers<unknown>();
  process.once('uncaughtException', resolve);
  return promise.finally(() => {
    for (const listener of listeners) process.on('uncaughtException', listener);
  });
}

test('a write that finds itself called off is no failure', async () => {
  const { statuses, queue } = setUp();
  const off = new AbortController();
  const reason = new SessionStoreError('STORE_CLOSED', 'The store is closed; create a new one.');
  const attempt = async () => {
    off.abort(reason);
    off.signal.throwIfAborted();
  };
  await expect(queue.write(attempt, off.signal)).rejects.toBe(reason);
  expect(statuses).toEqual([]);
});
