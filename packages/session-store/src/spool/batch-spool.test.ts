import { exchange } from '../../test/made-facts.ts';
import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { MemorySpool } from '../../test/memory-spool.ts';
import { Collector, type Batch } from '../batch/collector.ts';
import { BatchSpool } from './batch-spool.ts';
import { SessionStoreError } from '../errors.ts';
import type { StoreRecord } from '../records.ts';
import { readNotes } from './session-notes.ts';

const full = new SessionStoreError('SPOOL_FULL', 'no room', { retryable: true });
const end = { status: 'closed', reason: 'told to', endedAtMs: 5 } as const;

function setUp() {
  const spool = new MemorySpool();
  const runtime = new ManualRuntime();
  const refusals: (string | null)[] = [];
  const onRefusal = (error: SessionStoreError | null) => void refusals.push(error?.code ?? null);
  const session = new BatchSpool('a', 'us', { recorder: 'r', startedAtMs: 0 }, spool, {
    runtime,
    onRefusal,
    makeSafe: null,
  });
  const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
  const put = (): Batch => {
    const seq = collector.batches + 1;
    collector.add({ kind: 'raw', epoch: 1, sid: null, seq, receivedAtMs: 1000 + seq, text: `frame ${seq}` });
    const batch = collector.cut()!;
    session.put(batch);
    return batch;
  };
  const batches = async () => (await spool.read('a', { maxBytes: 1000 })).map(({ batch }) => batch);
  return { spool, runtime, refusals, session, put, batches };
}

test('its batches are entries, which can be loaded again', async () => {
  const { spool, session, put } = setUp();
  const put3 = [put(), put(), put()];
  expect(await session.load(1, 3)).toEqual(put3);
  expect(await session.load(2, 2)).toEqual([put3[1]]);
  expect(await spool.read('a')).toMatchObject([{ batch: 1, records: 1, atMs: 1001 }]);
  expect(readNotes(await spool.notes('a'))).toEqual({
    owners: ['us'],
    beginning: { recorder: 'r', startedAtMs: 0 },
    end: null,
  });
});

test('an entry says when the first of its records arrived, of whichever kind', async () => {
  const { spool, session } = setUp();
  const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
  const stream = { epoch: 1, market: 'M', exchangeAtMs: null };
  const records = (at: readonly number[]): StoreRecord[] => [
    { kind: 'delta', ...stream, sid: 1, seq: 1, receivedAtMs: at[0]!, side: 'yes', price: 1, delta: 1 },
    { kind: 'snapshot', ...stream, sid: 2, seq: 1, receivedAtMs: at[1]!, yes: [], no: [] },
    {
      kind: 'trade',
      ...stream,
      sid: 3,
      seq: 1,
      receivedAtMs: at[2]!,
      tradeId: 'T',
      yesPrice: 1,
      size: 1,
      takerSide: null,
      isBlockTrade: null,
    },
    { kind: 'raw', epoch: 1, sid: null, seq: null, receivedAtMs: at[3]!, text: '' },
    { kind: 'gap', epoch: 1, sid: null, firstSeq: null, lastSeq: null, fromAtMs: at[4]!, toAtMs: null, cause: 'c' },
    exchange({ receivedAtMs: at[5]! }),
  ];
  for (let first = 0; first < 6; first++) {
    const epoch = first + 1;
    for (const record of records([10, 20, 30, 40, 50, 60].with(first, 1))) collector.add({ ...record, epoch });
    session.put(collector.cut()!);
  }
  const entries = await spool.read('a', { maxBytes: 2 ** 20 });
  expect(entries.map(({ atMs }) => atMs)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('a batch that the disk has lost is not taken for another', async () => {
  const { spool, session, put } = setUp();
  put();
  put();
  put();
  spool.lose('a', ({ batch }) => batch === 2);
  await expect(session.load(1, 3)).rejects.toMatchObject({ code: 'SPOOL_DAMAGED', message: /1 to 3/ });
  await expect(session.load(2, 2)).rejects.toMatchObject({ code: 'SPOOL_DAMAGED', message: /Batch 2/ });
});

test('what is refused waits in memory, is tried again, and nothing overtakes it', async () => {
  const { spool, runtime, refusals, session, put, batches } = setUp();
  put();
  spool.refusal = full;
  const waiting = put();
  put();
  session.end(end);
  expect([session.isRefusing, session.taken, session.has(1), session.has(2)]).toEqual([true, 1, true, false]);
  await expect(session.durable()).rejects.toBe(full);
  spool.refusal = null;
  let released = 0;
  session.onTaken(() => released++);
  runtime.advance(250);
  expect(await batches()).toEqual([1, 2, 3]);
  expect(readNotes(await spool.notes('a')).end).toEqual(end);
  expect([session.isRefusing, session.taken, released]).toEqual([false, 3, 1]);
  expect(refusals.at(-1)).toBeNull();
  expect(await session.load(2, 2)).toEqual([waiting]);
});

test('what the database has is taken no more, also where the spool never had it', async () => {
  const { spool, session, put, batches, runtime } = setUp();
  put();
  spool.refusal = full;
  put();
  put();
  session.committed(2);
  expect([session.taken, session.takenMemory]).toEqual([0, 0]);
  spool.refusal = null;
  runtime.advance(250);
  expect(await batches()).toEqual([3]);
});

test('what the database does not have yet stays taken', async () => {
  const { session, put } = setUp();
  const [, ...later] = [put(), put(), put()];
  session.committed(1);
  expect(session.taken).toBe(2);
  expect(session.takenMemory).toBe(later.reduce((sum, { bytes }) => sum + bytes, 0));
});

test('what is left at its stop is handed back, in order', async () => {
  const { spool, runtime, refusals, session, put } = setUp();
  put();
  spool.refusal = full;
  put();
  put();
  session.end(end);
  const left = session.stop();
  expect(left.entries.map(({ batch }) => batch)).toEqual([2, 3]);
  expect(left.end).toEqual(end);
  expect(refusals.at(-1)).toBeNull();
  expect(runtime.armedTimers).toBe(0);
  expect(session.stop()).toEqual({ entries: [], end: null });
});

test('a session that is finished is forgotten', () => {
  const { spool, session, put } = setUp();
  put();
  session.finish();
  expect(spool.sessions()).toEqual([]);
});

test('a batch of very many records is an entry as any other', async () => {
  const { spool, session } = setUp();
  const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
  for (let seq = 1; seq <= 300_000; seq++) {
    collector.add({ kind: 'raw', epoch: 1, sid: null, seq, receivedAtMs: 300_000 - seq, text: '' });
  }
  session.put(collector.cut()!);
  expect(await spool.read('a')).toMatchObject([{ records: 300_000, atMs: 0 }]);
});
