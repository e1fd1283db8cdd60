import { sql } from 'drizzle-orm';
import { parseArray } from '../../database/parse-array.ts';
import { parseBooleans, parseIntegers } from './parse-columns.ts';
import type { Row } from '../../database/engines/engine.ts';
import type { TradeRecord } from '../../records.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import { damagedChunk, type OnDamage } from '../damage.ts';
import type { MarketNames } from '../market-names.ts';
import type { Read } from '../read.ts';
import { holds, ofMarkets, withinStretch, type Stretch } from '../stretch.ts';

const pageRows = 50;

/**
 * A stretch's trades in order of arrival: those that have numbers, or those that have none.
 *
 * @param onDamage called for a chunk that cannot be read, which is left out
 */
export async function* tradePages(
  read: Read,
  names: MarketNames,
  stretch: Stretch,
  numbered: boolean,
  onDamage: OnDamage,
): AsyncGenerator<readonly TradeRecord[]> {
  for (let after = -1; ;) {
    const rows = await read(
      sql`
        select
          epoch, sid, first_ordinal, first_seq, records, received_at,
          skipped::text as skipped, market_ids::text as market_ids, trade_uuids::text as trade_uuids,
          trade_texts::text as trade_texts, yes_prices::text as yes_prices, sizes::text as sizes,
          taker_yes::text as taker_yes, block_trades::text as block_trades,
          received_offsets::text as received_offsets, delays::text as delays
        from trade_chunks as chunk
        where ${withinStretch('chunk', stretch)} and first_ordinal > ${after}::bigint
          and first_seq is ${sql.raw(numbered ? 'not null' : 'null')}
          ${ofMarkets(stretch, (ids) => sql`market_ids && ${ids}`)}
        order by first_ordinal fetch first ${sql.raw(String(pageRows))} rows with ties`,
      'Reading trades',
    );
    if (rows.length === 0) return;
    after = numberOf(rows.at(-1)!, 'first_ordinal');
    const page: TradeRecord[] = [];
    for (const row of rows) await addTrades(page, row, names, stretch, onDamage);
    yield page;
    if (rows.length < pageRows) return;
  }
}

async function addTrades(
  page: TradeRecord[],
  row: Row,
  names: MarketNames,
  { markets, span }: Stretch,
  onDamage: OnDamage,
): Promise<void> {
  const length = numberOf(row, 'records');
  const firstSeq = row['first_seq'] === null ? null : numberOf(row, 'first_seq');
  const integersOf = (column: string) => parseIntegers(textOf(row, column), length);
  const booleansOf = (column: string) => parseBooleans(textOf(row, column), length);
  const skipped = parseIntegers(textOf(row, 'skipped'), firstSeq === null ? 0 : length);
  const marketIds = integersOf('market_ids');
  const yesPrices = integersOf('yes_prices');
  const sizes = integersOf('sizes');
  const takerYes = booleansOf('taker_yes');
  const blockTrades = booleansOf('block_trades');
  const offsets = integersOf('received_offsets');
  const delays = integersOf('delays');
  const uuids = parseArray(textOf(row, 'trade_uuids'), asIs);
  const otherIds = parseArray(textOf(row, 'trade_texts'), asIs);
  if (
    !(skipped && marketIds && yesPrices && sizes && takerYes && blockTrades && offsets && delays) ||
    uuids.length !== length
  ) {
    return onDamage(damagedChunk('trades', row));
  }
  const tickers = await names.of(marketIds);
  const base = { epoch: numberOf(row, 'epoch'), sid: numberOf(row, 'sid') };
  const receivedAtMs = timeOf(row, 'received_at');
  for (let index = 0; index < length; index++) {
    const receivedAt = receivedAtMs + offsets[index]!;
    if (!holds(span, receivedAt) || (markets && !markets.has(marketIds[index]!))) continue;
    const delay = delays[index]!;
    page.push({
      kind: 'trade',
      ...base,
      seq: firstSeq === null ? null : firstSeq + index + skipped[index]!,
      market: tickers[index]!,
      tradeId: String(uuids[index] ?? otherIds[index]),
      yesPrice: yesPrices[index]!,
      size: sizes[index]!,
      takerSide: ([null, 'no', 'yes'] as const)[takerYes[index] === 2 ? 0 : takerYes[index]! + 1]!,
      isBlockTrade: blockTrades[index] === 2 ? null : blockTrades[index] === 1,
      exchangeAtMs: Number.isNaN(delay) ? null : receivedAt - delay,
      receivedAtMs: receivedAt,
    });
  }
}

const asIs = (text: string) => text;
