import type { DeltaColumns } from './delta-columns.ts';
import type { TradeColumns } from './trade-columns.ts';
import type { Batch } from './collector.ts';
import { factOfEntry } from './fact-entry.ts';
import type { DeltaRecord, StoreRecord, TradeRecord } from '../records.ts';

/** The records that a batch was made of: of each kind and subscription in the order in which they were taken. */
export function batchRecords({ markets, chunks, snapshots, trades, raw, facts, gaps }: Batch): readonly StoreRecord[] {
  return [
    ...snapshots.map(({ record }) => record),
    ...chunks.flatMap((chunk) => deltasOf(chunk, markets)),
    ...trades.flatMap((chunk) => tradesOf(chunk, markets)),
    ...raw.map(({ record }) => record),
    ...facts.map(factOfEntry),
    ...gaps.map(({ record }) => record),
  ];
}

function deltasOf(chunk: DeltaColumns, markets: readonly string[]): readonly DeltaRecord[] {
  const { epoch, sid, firstSeq, skipped, yes, prices, deltas, delays, micros } = chunk;
  return prices.map((price, index) => {
    const receivedAtMs = chunk.receivedAtMs + chunk.receivedOffsets[index]!;
    const delay = delays[index]!;
    const exchangeAtMs = Number.isNaN(delay) ? null : receivedAtMs - delay;
    const microseconds = micros[index] ?? Number.NaN;
    return {
      kind: 'delta',
      epoch,
      sid,
      seq: firstSeq + index + skipped[index]!,
      market: markets[chunk.markets[index]!]!,
      side: yes[index] === 1 ? 'yes' : 'no',
      price,
      delta: deltas[index]!,
      exchangeAtMs,
      ...(microseconds >= 0 && { exchangeAtUs: exchangeAtMs! * 1000 + microseconds }),
      receivedAtMs,
    };
  });
}

function tradesOf(chunk: TradeColumns, markets: readonly string[]): readonly TradeRecord[] {
  const { epoch, sid, firstSeq, skipped, tradeIds, takerYes, delays } = chunk;
  return tradeIds.map((tradeId, index) => {
    const receivedAtMs = chunk.receivedAtMs + chunk.receivedOffsets[index]!;
    const delay = delays[index]!;
    const isYes = takerYes[index]!;
    return {
      kind: 'trade',
      epoch,
      sid,
      seq: firstSeq === null ? null : firstSeq + index + skipped[index]!,
      market: markets[chunk.markets[index]!]!,
      tradeId,
      yesPrice: chunk.yesPrices[index]!,
      size: chunk.sizes[index]!,
      takerSide: isYes === null ? null : isYes ? 'yes' : 'no',
      isBlockTrade: chunk.blockTrades[index]!,
      exchangeAtMs: delay === null ? null : receivedAtMs - delay,
      receivedAtMs,
    };
  });
}
