import { sql, type SQL } from 'drizzle-orm';
import { arrayLiteral, textArrayLiteral } from '../../database/array-literal.ts';
import type { Batch } from '../collector.ts';
import type { SessionId } from '../../records.ts';
import { bigints, integers, texts } from '../../database/array-parameters.ts';

/** Inserts a batch's trade chunks; returns the `records` of each that was really added. */
export function insertTrades(id: SessionId, { trades }: Batch, marketIds: readonly number[]): SQL {
  const idOf = (market: number) => marketIds[market]!;
  return sql`
    insert into trade_chunks (
      session_id, epoch, sid, first_ordinal, first_seq, records, received_at, ordinals_skipped, skipped, market_ids,
      trade_uuids, trade_texts, yes_prices, sizes, taker_yes, block_trades, received_offsets, delays
    )
    select
      ${id}::uuid, epoch, sid, first_ordinal, first_seq, records,
      timestamptz 'epoch' + received_at_ms * interval '1 millisecond',
      ordinals_skipped::integer[], skipped::integer[], market_ids::integer[],
      trade_uuids::uuid[], trade_texts::text[], yes_prices::integer[], sizes::bigint[], taker_yes::boolean[],
      block_trades::boolean[], received_offsets::integer[], delays::bigint[]
    from unnest(
      ${integers(trades.map((chunk) => chunk.epoch))},
      ${bigints(trades.map((chunk) => chunk.sid))},
      ${bigints(trades.map((chunk) => chunk.firstOrdinal))},
      ${bigints(trades.map((chunk) => chunk.firstSeq))},
      ${integers(trades.map((chunk) => chunk.tradeIds.length))},
      ${bigints(trades.map((chunk) => chunk.receivedAtMs))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.ordinalsSkipped)))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.skipped)))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.markets.map(idOf))))},
      ${texts(trades.map((chunk) => textArrayLiteral(chunk.tradeIds.map((id) => (isUuid(id) ? id : null)))))},
      ${texts(trades.map((chunk) => otherTexts(chunk.tradeIds)))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.yesPrices)))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.sizes)))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.takerYes)))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.blockTrades)))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.receivedOffsets)))},
      ${texts(trades.map((chunk) => arrayLiteral(chunk.delays)))}
    ) as chunk (
      epoch, sid, first_ordinal, first_seq, records, received_at_ms, ordinals_skipped, skipped, market_ids,
      trade_uuids, trade_texts, yes_prices, sizes, taker_yes, block_trades, received_offsets, delays
    )
    on conflict do nothing
    returning records`;
}

/** As PostgreSQL writes it, so that it comes back as it went in. */
const isUuid = (id: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);

/** The ids that are no UUIDs, each at its position; `{}` when there are none, which is nearly always. */
const otherTexts = (ids: readonly string[]) =>
  ids.every(isUuid) ? '{}' : textArrayLiteral(ids.map((id) => (isUuid(id) ? null : id)));
