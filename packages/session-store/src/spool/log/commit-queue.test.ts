import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { CommitQueue, type SpoolThreadLike } from './commit-queue.ts';
import type { Group } from './spool-thread.ts';

const entry = (number: number, batch: number) => ({
  number,
  session: `session-${number}`,
  batch,
  records: 1,
  atMs: 0,
  payload: 'ten bytes.',
});

/** A thread that answers when the test says so. */
function queueing() {
  const groups: Group[] = [];
  const answers: PromiseWithResolvers<boolean>[] = [];
  const thread = {
    ask: async (_: string, group: Group) => {
      groups.push(group);
      answers.push(Promise.withResolvers<boolean>());
      return answers.at(-1)!.promise;
    },
    end: async () => undefined,
  } as unknown as SpoolThreadLike;
  const queue = new CommitQueue(thread, new ManualRuntime(), () => undefined);
  const settle = async () => new Promise((resolve) => setImmediate(resolve));
  /** @returns what the thread was given then */
  const answered = async () => {
    answers.at(-1)?.resolve(false);
    await settle();
    return groups.at(-1)?.items.map((item) => ('batch' in item ? item.batch : item.text));
  };
  return { queue, groups, settle, answered };
}

test('what is released before the thread has it is not written, and takes no room', async () => {
  const { queue, groups, settle, answered } = queueing();
  await settle();
  await answered();
  queue.add(entry(1, 1));
  await settle();
  for (const batch of [2, 3, 4]) queue.add(entry(1, batch));
  queue.add(entry(2, 1));
  expect(queue.bytes).toBe(50);
  queue.release(1, 3);
  expect(queue.bytes, 'the first is being written').toBe(30);
  const durable = queue.durable();
  expect(await answered()).toEqual([4, 1]);
  expect([...groups.at(-1)!.released]).toEqual([[1, 3]]);
  expect(queue.bytes).toBe(20);
  await answered();
  await durable;
  expect(queue.bytes).toBe(0);
});
