import { OrderbookClientError } from '@trader/orderbook-client';
import { describe, expect, test } from 'vitest';
import { FeedReading, type Unread } from './feed-reading.ts';

/** A client whose questions are answered when the test says so, and a clock that the test turns. */
function setUp() {
  const clock = { ms: 0 };
  const questions: PromiseWithResolvers<void>[] = [];
  const changes: (Unread | null)[] = [];
  const client = {
    pause: () => undefined,
    resume: () => undefined,
    barrier: () => {
      const question = Promise.withResolvers<void>();
      questions.push(question);
      return question.promise;
    },
  };
  const runtime = { nowMs: () => 1_000_000 + clock.ms, monotonicMs: () => clock.ms };
  const reading = new FeedReading({ client, runtime, onChange: (unread) => changes.push(unread) });
  const turn = async () => {
    for (let turns = 0; turns < 5; turns++) await Promise.resolve();
  };
  return {
    clock,
    reading,
    changes,
    questions,
    answer: async (index: number) => {
      questions[index]!.resolve();
      await turn();
    },
    refuse: async (index: number, code: 'NO_ANSWER' | 'DISCONNECTED') => {
      questions[index]!.reject(new OrderbookClientError(code, 'no'));
      await turn();
    },
  };
}

describe('reading', () => {
  test('is said to have stopped at once, and to go on only when what had been waiting was read', async () => {
    const it = setUp();
    it.clock.ms = 10;
    it.reading.pause('STORE_BEHIND');
    expect(it.changes).toEqual([{ cause: 'STORE_BEHIND', sinceMs: 10, sinceWallMs: 1_000_010 }]);
    it.clock.ms = 72_010;
    it.reading.resume();
    expect(it.reading.view).toEqual({ reading: 'catching-up', unreadCause: 'STORE_BEHIND', unreadMs: 72_000 });
    await it.answer(0);
    expect(it.changes.at(-1)).toBeNull();
    expect(it.reading.view).toEqual({ reading: 'read', unreadCause: null, unreadMs: 0 });
  });

  test('that stops again and again before it has caught up was never resumed', async () => {
    const it = setUp();
    for (let round = 0; round < 100; round++) {
      it.reading.pause('STORE_BEHIND');
      it.clock.ms += 900;
      it.reading.resume();
      it.clock.ms += 10;
    }
    expect(it.changes).toHaveLength(1);
    expect(it.reading.view.unreadMs).toBe(91_000);
    expect(it.questions).toHaveLength(1);
    // What was sent before the first question is read; what was sent after the pause that followed it is not.
    await it.answer(0);
    expect(it.changes).toMatchObject([{ sinceMs: 0 }, { sinceMs: 910 }]);
    await it.answer(1);
    expect(it.changes.at(-1)).toBeNull();
  });

  test('that is not shown to have caught up is asked about again', async () => {
    const it = setUp();
    it.reading.pause('STORE_BEHIND');
    it.reading.resume();
    await it.refuse(0, 'NO_ANSWER');
    expect(it.reading.unread).not.toBeNull();
    await it.refuse(1, 'DISCONNECTED');
    expect(it.reading.unread).toBeNull();
    expect(it.questions).toHaveLength(2);
  });

  test('that is paused when the answer comes is asked about once it goes on', async () => {
    const it = setUp();
    it.reading.pause('STORE_BEHIND');
    it.reading.resume();
    it.reading.pause('WAITING_FOR_SESSION');
    await it.answer(0);
    expect(it.reading.view.reading).toBe('paused');
    expect(it.questions).toHaveLength(1);
    it.reading.resume();
    await it.answer(1);
    expect(it.reading.view.reading).toBe('read');
  });
});
