import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { SessionStoreError } from '../../errors.ts';
import { HeldAcknowledgements } from './held-acknowledgements.ts';

/** A database that is safe when it is told to be. */
function holding() {
  const runtime = new ManualRuntime();
  const released: string[] = [];
  const asked: PromiseWithResolvers<void>[] = [];
  const failures: number[] = [];
  const held = new HeldAcknowledgements({
    runtime,
    everyMs: 1000,
    maxBytes: 100,
    makeSafe: async () => {
      asked.push(Promise.withResolvers<void>());
      await asked.at(-1)!.promise;
    },
    release: (session, batch) => void released.push(`${session}:${batch}`),
    onFailure: (_, count) => void failures.push(count),
  });
  const settle = async () => new Promise<void>((resolve) => setImmediate(resolve));
  const safe = async () => {
    asked.at(-1)!.resolve();
    await settle();
  };
  return { runtime, held, released, asked, failures, safe, settle };
}

test('nothing is let go before the database is safe, nor what it committed meanwhile', async () => {
  const { runtime, held, released, asked, safe } = holding();
  held.hold(1, 4, 10);
  held.hold(2, 7, 10);
  runtime.advance(999);
  expect(asked.length).toBe(0);
  runtime.advance(1);
  expect(asked.length).toBe(1);
  held.hold(1, 5, 30);
  expect(released).toEqual([]);

  await safe();
  expect(released).toEqual(['1:4', '2:7']);
  expect(held.bytes).toBe(30);
  expect(held.isEmpty).toBe(false);
  runtime.advance(1000);
  await safe();
  expect(released).toEqual(['1:4', '2:7', '1:5']);
  expect(held.isEmpty).toBe(true);
  expect(runtime.armedTimers).toBe(0);
});

test('it is made safe sooner when much is held, and what fails comes again, in its time', async () => {
  const { runtime, held, released, asked, failures, safe, settle } = holding();
  held.hold(1, 1, 99);
  expect(asked.length).toBe(0);
  held.hold(1, 2, 1);
  expect(asked.length).toBe(1);
  asked[0]!.reject(new SessionStoreError('QUERY_FAILED', 'The disk failed.'));
  await settle();
  expect(failures).toEqual([1]);
  expect(held.bytes).toBe(100);
  held.hold(1, 3, 1);
  expect(asked.length, 'not with each batch').toBe(1);
  runtime.advance(1000);
  expect(asked.length).toBe(2);
  await safe();
  expect(released).toEqual(['1:3']);
});

test('finishing waits for what is under way, and makes safe the rest once', async () => {
  const { runtime, held, released, asked, safe } = holding();
  held.hold(1, 1, 100);
  held.hold(1, 2, 100);
  expect(asked.length, 'one at a time').toBe(1);
  const finished = held.finish();
  await safe();
  expect(asked.length).toBe(2);
  await safe();
  await finished;
  expect(released).toEqual(['1:1', '1:2']);
  expect(runtime.armedTimers).toBe(0);
});
