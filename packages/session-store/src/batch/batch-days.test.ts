import { expect, test } from 'vitest';
import { dayMs } from '../database/day.ts';
import { batchDays } from './batch-days.ts';
import { Collector } from './collector.ts';

const at = (day: number) => ({ epoch: 1, sid: 1, market: 'RAIN', receivedAtMs: day * dayMs });

test('a batch lies in the day of each record that it has, of whichever kind, and of a gap in none', () => {
  const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
  collector.add({ kind: 'snapshot', ...at(20_000), seq: 1, yes: [], no: [] });
  collector.add({ kind: 'delta', ...at(20_001), seq: 2, side: 'yes', price: 1, delta: 1, exchangeAtMs: null });
  collector.add({ kind: 'delta', ...at(20_002), seq: 3, side: 'yes', price: 1, delta: 1, exchangeAtMs: null });
  collector.add({
    kind: 'trade',
    ...at(20_003),
    seq: 4,
    tradeId: 'a',
    yesPrice: 1,
    size: 1,
    takerSide: 'yes',
    isBlockTrade: null,
    exchangeAtMs: null,
  });
  collector.add({ kind: 'raw', epoch: 1, sid: null, seq: null, receivedAtMs: 20_004 * dayMs, text: '' });
  collector.add({ kind: 'raw', epoch: 1, sid: null, seq: null, receivedAtMs: 20_000 * dayMs + 1, text: '' });
  const hole = { kind: 'gap', epoch: 1, sid: null, firstSeq: null, lastSeq: null, toAtMs: null } as const;
  collector.add({ ...hole, fromAtMs: 20_009 * dayMs, cause: 'test' });
  expect(new Set(batchDays(collector.cut()!))).toEqual(new Set([20_000, 20_001, 20_002, 20_003, 20_004]));
});
