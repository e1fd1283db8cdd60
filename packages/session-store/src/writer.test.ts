import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { SessionStoreError } from './errors.ts';
import type { StoreStatus } from './options.ts';
import { Writer } from './writer.ts';

const unreachable = () => new SessionStoreError('DATABASE_UNREACHABLE', 'gone', { retryable: true });
const never = new AbortController().signal;

const setUp = (onStatus?: (status: StoreStatus) => void) => {
  const runtime = new ManualRuntime();
  const statuses: StoreStatus[] = [];
  return { runtime, statuses, writer: new Writer(runtime, onStatus ?? ((status) => statuses.push(status))) };
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
  const { runtime, statuses, writer } = setUp();
  let tries = 0;
  const attempt = async () => {
    if (++tries < 50) throw unreachable();
    return tries;
  };
  expect(await withoutPauses(runtime, writer.write(attempt, never))).toBe(50);
  expect(statuses).toEqual([
    { state: 'failing', error: expect.objectContaining({ code: 'DATABASE_UNREACHABLE' }), sinceMs: 1_800_000_000_000 },
    { state: 'writing' },
  ]);
  expect(runtime.armedTimers).toBe(0);
});

test('writes are done one at a time, in order, and a failed one does not stop the next', async () => {
  const { writer } = setUp();
  const done: string[] = [];
  const refused = new SessionStoreError('QUERY_FAILED', 'no');
  const one = writer.write(async () => {
    await new Promise(setImmediate);
    done.push('one');
  }, never);
  const two = writer.write(async () => Promise.reject(refused), never).catch((error: unknown) => error);
  const three = writer.write(async () => void done.push('three'), never);
  expect(await Promise.all([one, two, three])).toEqual([undefined, refused, undefined]);
  expect(done).toEqual(['one', 'three']);
});

test('a write that is called off ends with the reason, also in the middle of a pause', async () => {
  const { runtime, writer } = setUp();
  const calledOff = new AbortController();
  const writing = writer.write(async () => Promise.reject(unreachable()), calledOff.signal);
  await expect.poll(() => runtime.armedTimers).toBe(1);
  const reason = new SessionStoreError('CLOSE_TIMEOUT', 'too late');
  calledOff.abort(reason);
  await expect(writing).rejects.toBe(reason);
  expect(runtime.armedTimers).toBe(0);
});
