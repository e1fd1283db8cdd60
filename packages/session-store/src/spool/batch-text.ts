// A batch as the spool keeps it: a JSON text, which any program can read. What the disk has of it is checked by the log.
import type { Batch } from '../batch/collector.ts';
import { DeltaColumns } from '../batch/delta-columns.ts';
import { TradeColumns } from '../batch/trade-columns.ts';

export const batchText = (batch: Batch): string => JSON.stringify(batch);

/** @throws {SyntaxError} when it is no JSON */
export function parseBatch(text: string): Batch {
  const batch = JSON.parse(text) as Omit<Batch, 'keyframes' | 'facts'> & Partial<Batch>;
  return {
    // Versions before wrote none.
    keyframes: [],
    facts: [],
    ...batch,
    chunks: batch.chunks.map((chunk) => DeltaColumns.from(chunk)),
    trades: batch.trades.map((chunk) => Object.assign(Object.create(TradeColumns.prototype) as TradeColumns, chunk)),
  };
}
