import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { MemorySpool } from '../../../test/memory-spool.ts';
import { Collector, type Batch } from '../../batch/collector.ts';
import type { SessionTransactions } from '../../batch/writing/session-transactions.ts';
import { resolveOptions } from '../../resolve-options.ts';
import { BatchSpool } from '../batch-spool.ts';
import { SessionRecovery, type RecoveredSession } from './recover-session.ts';

test('each hole is a row of its own in the ledger, behind those that it has, whatever comes between', async () => {
  const runtime = new ManualRuntime();
  const spool = new MemorySpool();
  const beginning = { recorder: 'r', startedAtMs: 0 };
  const session = new BatchSpool('a', 'us', beginning, spool, { runtime, onRefusal: () => undefined, makeSafe: null });
  const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
  for (let seq = 1; seq <= 9; seq++) {
    const delta = { market: 'M', side: 'yes', price: 1, delta: 1, exchangeAtMs: null } as const;
    collector.add({ kind: 'delta', epoch: 1, sid: 1, seq, receivedAtMs: seq, ...delta });
    session.put(collector.cut()!);
  }
  session.end({ status: 'closed', reason: 'test', endedAtMs: 10 });
  session.stop();
  spool.lose('a', ({ batch }) => batch === 4 || batch === 7);

  const written: Batch[] = [];
  const transactions = {
    recover: async (batch: Batch) => void written.push(batch),
    end: async () => undefined,
  } as unknown as SessionTransactions;
  const options = resolveOptions({ dataDir: 'unused', runtime, batch: { maxRecords: 1 } });
  const recovered = {
    id: 'a',
    spool,
    left: null,
    progress: { written: 0, setAside: 0, file: null, reason: null },
    options,
    signal: new AbortController().signal,
    folder: 'unused',
  } as unknown as RecoveredSession;
  const owned = { id: 'a', recorder: 'r', fencingToken: 2, status: 'reclaimed' } as const;
  await new SessionRecovery(recovered, transactions, 0, 5).run(owned);

  expect(written.flatMap(({ chunks }) => chunks.map(({ firstSeq }) => firstSeq))).toEqual([1, 2, 3, 5, 6, 8, 9]);
  const gaps = written.flatMap((batch) => batch.gaps);
  const numbered = gaps
    .filter(({ record }) => record.sid !== null)
    .map(({ record }) => [record.firstSeq, record.lastSeq]);
  expect(numbered).toEqual([
    [4, 4],
    [7, 7],
  ]);
  expect(gaps.map(({ ordinal }) => ordinal)).toEqual(gaps.map((_, index) => 5 + index));
});
