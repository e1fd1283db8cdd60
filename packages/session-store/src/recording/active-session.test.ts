import { ManualRuntime } from '@trader/testkit';
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../batch/collector.ts';
import { SessionStoreError } from '../errors.ts';
import { resolveOptions } from '../resolve-options.ts';
import type { SessionStoreTuning } from '../options.ts';
import type { SessionEnd } from '../ownership/end-session.ts';
import { ActiveSession } from './active-session.ts';
import type { SessionRow, StoreRecord } from '../records.ts';
import type { SessionTransactions } from '../batch/writing/session-transactions.ts';
import { StatusSources } from '../background/status-sources.ts';
import { RetryQueue } from '../batch/writing/retry-queue.ts';

const delta = (seq: number): StoreRecord => ({
  kind: 'delta',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN',
  side: 'yes',
  price: 1,
  delta: 1,
  exchangeAtMs: null,
  receivedAtMs: seq,
});

/** A session whose database answers when the test says so. */
const setUp = (tuning: SessionStoreTuning = {}) => {
  const runtime = new ManualRuntime();
  const options = resolveOptions({ dataDir: 'unused', runtime, ...tuning });
  const written: number[] = [];
  const batches: Batch[] = [];
  const ended: { records: number; end: SessionEnd }[] = [];
  const answers: PromiseWithResolvers<void>[] = [];
  const transactions = {
    write: async (batch: Batch) => {
      const answer = Promise.withResolvers<void>();
      answers.push(answer);
      await answer.promise;
      written.push(batch.records);
      batches.push(batch);
    },
    end: async (batch: Batch | null, end: SessionEnd) => {
      ended.push({ records: batch?.records ?? 0, end });
      return { status: end.status, endReason: end.reason } as SessionRow;
    },
  } as unknown as SessionTransactions;
  const retryQueue = new RetryQueue(runtime, new StatusSources(options.onStatus).of('database'));
  const session = new ActiveSession(
    { id: 'an-id', recorder: 'r', startedAtMs: 0 },
    options,
    retryQueue,
    transactions,
    () => undefined,
  );
  const append = (from: number, to: number) => {
    for (let seq = from; seq <= to; seq++) session.append(delta(seq));
  };
  return { runtime, session, append, written, batches, ended, answers };
};

const turn = async () => new Promise(setImmediate);

describe('a batch is cut', () => {
  test('at its size', async () => {
    const { session, append, written, answers, runtime } = setUp({ batch: { maxRecords: 3 } });
    append(1, 7);
    await turn();
    answers[0]!.resolve();
    await turn();
    answers[1]!.resolve();
    const flushed = session.flush();
    await turn();
    answers[2]!.resolve();
    await flushed;
    expect(written).toEqual([3, 3, 1]);
    expect(runtime.armedTimers).toBe(0);
  });

  test('at its age; what is cut while a write is under way goes with the next one', async () => {
    const { runtime, append, written, answers } = setUp({ batch: { maxAgeMs: 100 } });
    append(1, 2);
    runtime.advance(100);
    await turn();
    expect(answers).toHaveLength(1);
    append(3, 5);
    runtime.advance(100);
    append(6, 6);
    runtime.advance(100);
    await turn();
    expect(answers).toHaveLength(1);
    answers[0]!.resolve();
    await turn();
    answers[1]!.resolve();
    await turn();
    expect(written).toEqual([2, 4]);
  });
});

describe('while the server works on a batch', () => {
  /** A session whose server has the batch, and answers when the test says so. */
  const sending = (prepare: (batch: Batch) => Promise<void>) => {
    const options = resolveOptions({ dataDir: 'unused', runtime: new ManualRuntime(), batch: { maxRecords: 1 } });
    const answers: PromiseWithResolvers<void>[] = [];
    const transactions = {
      prepare,
      write: async (_: Batch, whenSent: () => void) => {
        const answer = Promise.withResolvers<void>();
        answers.push(answer);
        whenSent();
        await answer.promise;
      },
    } as unknown as SessionTransactions;
    const retryQueue = new RetryQueue(options.runtime, new StatusSources(options.onStatus).of('database'));
    return {
      session: new ActiveSession(
        { id: 'an-id', recorder: 'r', startedAtMs: 0 },
        options,
        retryQueue,
        transactions,
        () => undefined,
      ),
      answers,
    };
  };

  test('the next one is made ready, and no more than that, whether it is there already or comes only then', async () => {
    const ready: number[] = [];
    const { session, answers } = sending(async ({ ordinal }) => void ready.push(ordinal));
    session.append(delta(1));
    await turn();
    expect(ready).toEqual([]);
    for (let seq = 2; seq <= 4; seq++) session.append(delta(seq));
    await turn();
    expect([...new Set(ready)]).toEqual([2]);
    answers[0]!.resolve();
    await turn();
    await turn();
    expect([...new Set(ready)]).toEqual([2, 3]);
  });

  test('what goes wrong with the next one is seen when its turn comes', async () => {
    const { session, answers } = sending(async () => Promise.reject(new Error('no database')));
    session.append(delta(1));
    session.append(delta(2));
    await turn();
    answers[0]!.resolve();
    await turn();
    answers[1]!.resolve();
    await expect(session.flush()).resolves.toBeUndefined();
  });
});

describe('closing', () => {
  test('writes the last records with the end, in one go', async () => {
    const { session, append, ended, runtime } = setUp();
    append(1, 2);
    await session.close({ status: 'health_failure', reason: 'why' });
    const end = { status: 'health_failure', reason: 'why', endedAtMs: runtime.nowMs() };
    expect(ended).toEqual([{ records: 2, end }]);
    expect(runtime.armedTimers).toBe(0);
  });

  test('resolves whoever waits for the queue', async () => {
    const { session, append, answers } = setUp({ queue: { highWaterRecords: 2 } });
    append(1, 3);
    const drained = session.drained();
    const closing = session.close({ status: 'closed', reason: 'why' });
    await turn();
    answers[0]!.resolve();
    await expect(drained).resolves.toBeUndefined();
    await closing;
  });

  test('refuses an ending that is not one, and can then still be done', async () => {
    const { session } = setUp();
    await expect(session.close({ status: 'active' as 'closed', reason: 'x' })).rejects.toThrow(TypeError);
    await expect(session.close({ status: 'closed', reason: 'x', timeoutMs: 0 })).rejects.toThrow(RangeError);
    await expect(session.close({ status: 'closed' } as never)).rejects.toThrow(
      'reason must be a text; undefined is none.',
    );
    expect(await session.close({ status: 'closed', reason: 'x' })).toMatchObject({ status: 'closed' });
  });
});

describe('a record that the database refuses', () => {
  test('ends the session as an error that says how many records are lost', async () => {
    const { session, append, answers, ended } = setUp({ batch: { maxRecords: 2 } });
    append(1, 5);
    await turn();
    answers[0]!.reject(new SessionStoreError('QUERY_FAILED', 'refused', { sqlState: '22003' }));
    const refused = { code: 'RECORD_REFUSED', sqlState: '22003', unwrittenRecords: 5 };
    await expect(session.flush()).rejects.toMatchObject(refused);
    expect(() => session.append(delta(6))).toThrow(expect.objectContaining(refused));
    await session.close({ status: 'closed', reason: 'told to' });
    expect(ended).toEqual([
      {
        records: 0,
        end: expect.objectContaining({ status: 'error', reason: 'told to (5 records could not be stored)' }),
      },
    ]);
    expect(answers).toHaveLength(1);
  });
});

describe('a full queue', () => {
  const raw = (length: number): StoreRecord => ({
    kind: 'raw',
    epoch: 1,
    sid: null,
    seq: null,
    receivedAtMs: 1,
    text: 'x'.repeat(length),
  });

  test('is full by memory too, and drained when that is free again', async () => {
    const { session, answers } = setUp({ queue: { highWaterBytes: 10_000, lowWaterBytes: 100 } });
    expect(session.append(raw(1000))).toBe('taken');
    expect(session.append(raw(10_000))).toBe('full');
    let drained = false;
    const draining = session.drained().then(() => (drained = true));
    await turn();
    expect(drained).toBe(false);
    answers[0]!.resolve();
    await draining;
    expect(session.append(raw(1000))).toBe('taken');
  });

  test('of a batch is cut by memory too', async () => {
    const { session, answers } = setUp({ batch: { maxBytes: 5000 } });
    session.append(raw(1000));
    await turn();
    expect(answers).toHaveLength(0);
    session.append(raw(2000));
    await turn();
    expect(answers).toHaveLength(1);
  });

  test('that sheds takes nothing until it is down to its low-water mark, and then puts what it shed on record', async () => {
    const queue = { highWaterRecords: 4, lowWaterRecords: 1 };
    const { session, written, answers, runtime } = setUp({ batch: { maxRecords: 2 }, queue, whenFull: 'shed' });
    const taken = (from: number, to: number) => {
      const all = Array.from({ length: to - from + 1 }, (_, index) => from + index);
      return all.filter((seq) => session.append(delta(seq)) !== 'dropped');
    };
    const answer = async (index: number) => {
      answers[index]!.resolve();
      await turn();
    };
    await turn();
    expect(taken(1, 7)).toEqual([1, 2, 3, 4, 5]);
    await turn();
    await answer(0);
    // Below the high-water mark again, but not at the low one.
    expect(taken(8, 8)).toEqual([]);
    await answer(1);
    expect(taken(9, 10)).toEqual([9, 10]);
    expect(session.counters()).toMatchObject({ deltas: 7, shed: 3, gaps: 1 });
    const flushed = session.flush();
    await turn();
    await answer(2);
    await answer(3);
    await flushed;
    // With 5 goes the row that names 6 to 8, before 9 and 10.
    expect(written).toEqual([2, 2, 3, 1]);
    expect(runtime.armedTimers).toBe(0);
  });

  test('that sheds has each number either stored or in one of its ranges, whatever the database does when', async () => {
    const step = fc.oneof(fc.nat({ max: 10 }), fc.constantFrom('answer' as const, 'age' as const));
    const steps = fc.array(step, { minLength: 5, maxLength: 50, size: 'max' });
    // Either the queue is several batches, or a batch is more than the queue may hold.
    const maxRecords = fc.constantFrom(4, 20);
    const property = fc.asyncProperty(steps, maxRecords, async (steps, maxRecords) => {
      const queue = { highWaterRecords: 6, lowWaterRecords: 2 };
      const batch = { maxRecords, maxAgeMs: 100 };
      const { session, batches, answers, runtime } = setUp({ batch, queue, whenFull: 'shed' });
      let appended = 0;
      let answered = 0;
      const answer = () => {
        const next = answers[answered];
        if (next) answered++;
        next?.resolve();
        return next;
      };
      for (const step of steps) {
        if (step === 'answer') answer();
        else if (step === 'age') runtime.advance(100);
        else for (let more = 0; more < step; more++) session.append(delta(++appended));
        await turn();
      }
      const flushing = session.flush();
      await turn();
      while (answer()) await turn();
      await flushing;
      const numbers = batches.flatMap(({ chunks, gaps }) => [
        ...chunks.flatMap(({ firstSeq, skipped }) => skipped.map((skip, index) => firstSeq + index + skip)),
        ...gaps.flatMap(({ record }) => {
          const { firstSeq, lastSeq } = record as { firstSeq: number; lastSeq: number };
          return Array.from({ length: lastSeq - firstSeq + 1 }, (_, index) => firstSeq + index);
        }),
      ]);
      expect(numbers.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: appended }, (_, index) => index + 1),
      );
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('that sheds puts it on record when the time has come, also if nothing follows', async () => {
    const queue = { highWaterRecords: 1, lowWaterRecords: 0 };
    const { session, append, written, answers, runtime } = setUp({ batch: { maxAgeMs: 100 }, queue, whenFull: 'shed' });
    append(1, 5);
    runtime.advance(100);
    await turn();
    answers[0]!.resolve();
    await turn();
    // Two deltas and one row for the three others.
    expect(written).toEqual([3]);
    expect(session.counters()).toMatchObject({ deltas: 2, shed: 3, gaps: 1 });
  });

  test('that sheds takes gaps, which are few and say what is missing', () => {
    const { session, append } = setUp({ queue: { highWaterRecords: 1 }, whenFull: 'shed' });
    append(1, 3);
    const span = { firstSeq: 4, lastSeq: 9, fromAtMs: 1, toAtMs: 2 };
    expect(session.append({ kind: 'gap', epoch: 1, sid: 1, ...span, cause: 'lost' })).not.toBe('dropped');
    expect(session.counters()).toMatchObject({ deltas: 2, shed: 1, gaps: 1 });
  });
});
