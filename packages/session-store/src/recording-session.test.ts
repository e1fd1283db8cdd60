import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import type { Batch } from './core/collector.ts';
import { SessionStoreError } from './errors.ts';
import { resolveOptions, type SessionStoreTuning } from './options.ts';
import type { SessionEnd } from './queries/end-session.ts';
import { Recording } from './recording-session.ts';
import type { SessionRow, StoreRecord } from './records.ts';
import type { SessionWrites } from './session-writes.ts';
import { Writer } from './writer.ts';

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
  const ended: { records: number; end: SessionEnd }[] = [];
  const answers: PromiseWithResolvers<void>[] = [];
  const writes = {
    write: async (batch: Batch) => {
      const answer = Promise.withResolvers<void>();
      answers.push(answer);
      await answer.promise;
      written.push(batch.records);
    },
    end: async (batch: Batch | null, end: SessionEnd) => {
      ended.push({ records: batch?.records ?? 0, end });
      return { status: end.status, endReason: end.reason } as SessionRow;
    },
  } as unknown as SessionWrites;
  const writer = new Writer(runtime, options.onStatus);
  const session = new Recording({ id: 'an-id', recorder: 'r' }, options, writer, writes, () => undefined);
  const append = (from: number, to: number) => {
    for (let seq = from; seq <= to; seq++) session.append(delta(seq));
  };
  return { runtime, session, append, written, ended, answers };
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

  test('at its age, unless a write is under way, during which it grows', async () => {
    const { runtime, append, written, answers } = setUp({ batch: { maxAgeMs: 100 } });
    append(1, 2);
    runtime.advance(100);
    await turn();
    expect(answers).toHaveLength(1);
    append(3, 5);
    runtime.advance(100);
    append(6, 6);
    await turn();
    expect(answers).toHaveLength(1);
    answers[0]!.resolve();
    await turn();
    answers[1]!.resolve();
    await turn();
    expect(written).toEqual([2, 4]);
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
