import { expect, test } from 'vitest';
import { AnswersKept } from './answers-kept.ts';

function setUp() {
  const clock = { nowMs: 0 };
  const answers = new AnswersKept<number>({ monotonicMs: () => clock.nowMs });
  let made = 0;
  const ask = async (key: string, tookMs = 0, keepMs = 1_000) =>
    answers.ask(
      key,
      async () => {
        clock.nowMs += tookMs;
        return Promise.resolve(++made);
      },
      () => keepMs,
    );
  return { clock, answers, ask };
}

test('an answer is kept for its time, and longer where it took long', async () => {
  const { clock, ask } = setUp();
  expect(await ask('a')).toBe(1);
  clock.nowMs += 999;
  expect(await ask('a')).toBe(1);
  clock.nowMs += 1;
  expect(await ask('a', 100)).toBe(2);
  clock.nowMs += 1_999;
  expect(await ask('a')).toBe(2);
  clock.nowMs += 1;
  expect(await ask('a', 0, Infinity)).toBe(3);
  clock.nowMs += 1e12;
  expect(await ask('a')).toBe(3);
});

test('who asks for the same meanwhile gets the same, and others wait for their turn', async () => {
  const { answers } = setUp();
  const first = Promise.withResolvers<number>();
  const begun: string[] = [];
  const ask = async (key: string, work: Promise<number>) =>
    answers.ask(
      key,
      async () => {
        begun.push(key);
        return work;
      },
      () => 1_000,
    );
  const one = ask('a', first.promise);
  const same = ask('a', Promise.resolve(9));
  const other = ask('b', Promise.resolve(2));
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual(['a']);
  first.resolve(1);
  expect(await Promise.all([one, same, other])).toEqual([1, 1, 2]);
  expect(begun).toEqual(['a', 'b']);
});

test('more than twenty that wait are refused, and a failure is told to those who asked alone', async () => {
  const { answers } = setUp();
  const first = Promise.withResolvers<number>();
  const all = Array.from({ length: 20 }, async (_, key) =>
    answers.ask(
      String(key),
      async () => first.promise,
      () => 1_000,
    ),
  );
  const refused = { refusal: { code: 'TOO_MANY_REQUESTS' } };
  const more = answers.ask(
    'more',
    async () => Promise.resolve(1),
    () => 1_000,
  );
  await expect(more).rejects.toMatchObject(refused);
  const settled = Promise.allSettled(all);
  first.reject(new Error('the database is away'));
  expect(new Set((await settled).map(({ status }) => status))).toEqual(new Set(['rejected']));
  const again = await answers.ask(
    '0',
    async () => Promise.resolve(7),
    () => 1_000,
  );
  expect(again).toBe(7);
});
