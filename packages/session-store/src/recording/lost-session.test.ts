// What an owner is told of its records when its session is not its own any more, and who sees to them then.
import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { MemorySpool } from '../../test/memory-spool.ts';
import { RetryQueue } from '../batch/writing/retry-queue.ts';
import type { SessionTransactions } from '../batch/writing/session-transactions.ts';
import { SessionStoreError } from '../errors.ts';
import { resolveOptions } from '../resolve-options.ts';
import { BatchSpool } from '../spool/batch-spool.ts';
import type { SessionLeft } from '../spool/session-spool.ts';
import { ActiveSession } from './active-session.ts';

function setUp(kept: 'in memory' | 'in a spool') {
  const runtime = new ManualRuntime();
  const options = resolveOptions({ dataDir: 'unused', runtime });
  const disk = new MemorySpool();
  const beginning = { id: 'a', recorder: 'r', startedAtMs: 0 };
  const spool =
    kept === 'in a spool'
      ? new BatchSpool('a', 'us', beginning, disk, { runtime, onRefusal: () => undefined, makeSafe: null })
      : null;
  const left: (SessionLeft | null)[] = [];
  const session = new ActiveSession(
    beginning,
    options,
    new RetryQueue(runtime, () => undefined),
    {} as SessionTransactions,
    (what) => void left.push(what),
    spool,
  );
  for (const seq of [1, 2]) session.append({ kind: 'raw', epoch: 1, sid: null, seq, receivedAtMs: 1, text: '' });
  return { session, disk, left };
}

const taken = new SessionStoreError('SESSION_FENCED', 'Taken away.');
const broken = new SessionStoreError('QUERY_FAILED', 'It failed.');

test.each([
  ['in memory', taken, 'SESSION_FENCED', 'Taken away. 2 records are not stored.', 0],
  ['in a spool', taken, 'SESSION_FENCED', 'Taken away. 2 records wait in the spool.', 1],
  ['in a spool', broken, 'RECORD_REFUSED', 'It failed. 2 records are not stored.', 0],
] as const)('records %s, after %o', async (kept, error, code, message, handedOver) => {
  const { session, left } = setUp(kept);
  session.lose(error);
  expect((await session.ended).error).toMatchObject({ code, message, unwrittenRecords: 2 });
  expect(() => session.append({ kind: 'raw', epoch: 1, sid: null, seq: 3, receivedAtMs: 1, text: '' })).toThrow(
    message,
  );
  expect(left).toHaveLength(handedOver);
});

test('records that a full spool has not taken are handed over', async () => {
  const { session, disk, left } = setUp('in a spool');
  disk.refusal = new SessionStoreError('SPOOL_FULL', 'No room.', { retryable: true });
  await session.durable().catch(() => undefined);
  session.lose(taken);
  const message = 'Taken away. 2 records wait in the spool and, as it takes nothing now, in memory.';
  expect((await session.ended).error).toMatchObject({ message });
  expect(left).toMatchObject([{ entries: [{ batch: 1, records: 2 }], beginning: { recorder: 'r' } }]);
});
