// A record as the frame that it was, in the exchange's own spelling. What no record has is derived from what it has, always in the
// same way, or left out where the exchange leaves it out too.
import { ONE_DOLLAR, formatPrice, formatSize } from '../price/price.ts';
import type { Level } from '../price/book-level.ts';
import type { LifecycleRecord, TickerRecord } from '../../fact-records.ts';
import type { DeltaRecord, FeedRecord, GapRecord, SnapshotRecord, TradeRecord } from '../../records.ts';
import { rfc3339Of } from '../decode/rfc3339.ts';
import { lifecycleMessage, tickerMessage } from './reference-frames.ts';

/** The `type` of the frame in a hole's place. The exchange sends none such: it stands on tapes. */
export const HOLE_FRAME = 'recording_gap';

/**
 * @param channel what the subscription of a hole is for, if that is known
 * @returns its text; `null` for a frame whose bytes were no text
 */
export function recordToFrame(record: FeedRecord, channel: string | null = null): string | null {
  switch (record.kind) {
    case 'delta':
      return deltaFrame(record);
    case 'snapshot':
      return snapshotFrame(record);
    case 'trade':
      return tradeFrame(record);
    case 'ticker':
      return frameOf(record, tickerMessage(record));
    case 'lifecycle':
      return frameOf(record, lifecycleMessage(record));
    case 'raw':
      return record.text === '' ? null : record.text;
    case 'gap':
      return holeFrame(record, channel);
  }
}

const frameOf = (
  { sid, seq }: TickerRecord | LifecycleRecord,
  { type, msg }: ReturnType<typeof tickerMessage>,
): string => `${head(type, sid, seq)}"msg":${JSON.stringify(msg)}}`;

function deltaFrame({ sid, seq, market, side, price, delta, exchangeAtMs, exchangeAtUs = null }: DeltaRecord): string {
  const place = `"price_dollars":"${formatPrice(price)}","delta_fp":"${formatSize(delta)}","side":"${side}"`;
  const ts = exchangeAtUs === null ? '' : `,"ts":"${rfc3339Of(exchangeAtUs)}"`;
  const time = exchangeAtMs === null ? '' : `${ts},"ts_ms":${exchangeAtMs}`;
  return `${head('orderbook_delta', sid, seq)}"msg":{${names(market)},${place}${time}}}`;
}

function snapshotFrame({ sid, seq, market, yes, no }: SnapshotRecord): string {
  const sides = `${sideOf('yes_dollars_fp', yes)}${sideOf('no_dollars_fp', no)}`;
  return `${head('orderbook_snapshot', sid, seq)}"msg":{${names(market)}${sides}}}`;
}

/** Without a time of the exchange it has that of its arrival. */
function tradeFrame(record: TradeRecord): string {
  const { sid, seq, market, tradeId, yesPrice, size, takerSide, isBlockTrade, exchangeAtMs, receivedAtMs } = record;
  const msg = {
    trade_id: tradeId,
    market_ticker: market,
    yes_price_dollars: formatPrice(yesPrice),
    no_price_dollars: formatPrice(ONE_DOLLAR - yesPrice),
    count_fp: formatSize(size),
    taker_outcome_side: takerSide ?? 'unknown',
    ...(takerSide !== null && { taker_book_side: takerSide === 'yes' ? 'bid' : 'ask' }),
    ...(isBlockTrade !== null && { is_block_trade: isBlockTrade }),
    ts_ms: exchangeAtMs ?? receivedAtMs,
  };
  return `${head('trade', sid, seq)}"msg":${JSON.stringify(msg)}}`;
}

function holeFrame(
  { sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause, market = null }: GapRecord,
  channel: string | null,
): string {
  const msg = {
    channel,
    sid,
    first_seq: firstSeq,
    last_seq: lastSeq,
    from_ms: fromAtMs,
    to_ms: toAtMs,
    cause,
    market_ticker: market,
  };
  return JSON.stringify({ type: HOLE_FRAME, msg });
}

const head = (type: string, sid: number, seq: number | null): string =>
  `{"type":"${type}","sid":${sid},${seq === null ? '' : `"seq":${seq},`}`;

const names = (market: string): string =>
  `"market_ticker":${JSON.stringify(market)},"market_id":"${marketIdOf(market)}"`;

/** An empty side is left out, as the exchange does. */
const sideOf = (key: string, levels: readonly Level[]): string =>
  levels.length === 0
    ? ''
    : `,"${key}":[${levels.map(([price, size]) => `["${formatPrice(price)}","${formatSize(size)}"]`).join()}]`;

const idsByMarket = new Map<string, string>();
const MOST_IDS = 10_000;

/** No record has a market's id: one of its form that its ticker gives, so that each market has another. */
function marketIdOf(market: string): string {
  const known = idsByMarket.get(market);
  if (known !== undefined) return known;
  const digits = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b].map((seed) => hashOf(market, seed)).join('');
  const id = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
  if (idsByMarket.size >= MOST_IDS) idsByMarket.clear();
  idsByMarket.set(market, id);
  return id;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string, seed: number): string {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
