// The encoder: text exactly as the exchange writes it. Key order as observed in production (`type, sid, seq, msg` for
// data, `type, id, sid, seq, msg` for `ok`, `type, id, msg` for `subscribed`), 4-decimal prices, 2-decimal sizes, levels
// ascending, the key of an empty side absent. A data frame is a head, which differs per connection, and a tail, which
// is the same for all of them.
import { WIRE_ERROR } from '@trader/orderbook-client/wire';
import type { Level, Side } from '../market/book.ts';
import { DOLLAR, formatPrice, formatSize } from '../market/fixed-point.ts';
import type { Market } from '../market/market.ts';
import { formatTimestamp } from '../timestamp.ts';

export type WireErrorCode = (typeof WIRE_ERROR)[keyof typeof WIRE_ERROR];

const errorText: Record<WireErrorCode, string> = {
  [WIRE_ERROR.unableToProcess]: 'Unable to process message',
  [WIRE_ERROR.paramsRequired]: 'Params required',
  [WIRE_ERROR.channelsRequired]: 'Channels required',
  [WIRE_ERROR.subscriptionIdsRequired]: 'Subscription IDs required',
  [WIRE_ERROR.unknownCommand]: 'Unknown command',
  [WIRE_ERROR.alreadySubscribed]: 'Already subscribed',
  [WIRE_ERROR.unknownSubscription]: 'Unknown subscription ID',
  [WIRE_ERROR.unknownChannel]: 'Unknown channel name',
  [WIRE_ERROR.authenticationRequired]: 'Authentication required',
  [WIRE_ERROR.channelError]: 'Channel error',
  [WIRE_ERROR.invalidParameter]: 'Invalid parameter',
  [WIRE_ERROR.exactlyOneSubscriptionRequired]: 'Exactly one subscription ID is required',
  [WIRE_ERROR.unsupportedAction]: 'Unsupported action',
  [WIRE_ERROR.marketTickerRequired]: 'Market Ticker required',
  [WIRE_ERROR.actionRequired]: 'Action required',
  [WIRE_ERROR.marketNotFound]: 'Market not found',
  [WIRE_ERROR.internalError]: 'Internal error',
  [WIRE_ERROR.commandTimeout]: 'Command timeout',
  [WIRE_ERROR.shardFactorTooSmall]: 'shard_factor must be > 0',
  [WIRE_ERROR.shardFactorRequired]: 'shard_factor is required when shard_key is set',
  [WIRE_ERROR.shardKeyOutOfRange]: 'shard_key must be >= 0 and < shard_factor',
  [WIRE_ERROR.shardFactorTooLarge]: 'shard_factor must be <= 100',
  [WIRE_ERROR.matchIdsRequired]: 'Match IDs required',
  [WIRE_ERROR.indexIdsRequired]: 'Index IDs required',
  [WIRE_ERROR.bufferOverflow]: 'Subscription buffer overflow',
  [WIRE_ERROR.marketLimitExceeded]: 'Subscription market limit exceeded',
  [WIRE_ERROR.tooManyRequests]: 'Too many requests',
  [WIRE_ERROR.underlyingTickersRequired]: 'Underlying tickers required',
};

/** Id 0 means "no id" to the exchange, and so does an absent one. */
const idKey = (id: number | undefined): string => (id ? `"id":${id},` : '');

/** Of channels whose data has no numbers. */
export const plainHead = (type: string, sid: number): string => `{"type":"${type}","sid":${sid},`;

export const dataHead = (type: string, sid: number, seq: number, id?: number): string =>
  `{"type":"${type}",${idKey(id)}"sid":${sid},"seq":${seq},`;

export const subscribedFrame = (id: number | undefined, channel: string, sid: number): string =>
  `{"type":"subscribed",${idKey(id)}"msg":{"channel":"${channel}","sid":${sid}}}`;

/** @param tickers the full list; `undefined` for a subscription that does not want it */
export const okFrame = (
  id: number | undefined,
  sid: number,
  seq: number,
  tickers: readonly string[] | undefined,
): string =>
  `{"type":"ok",${idKey(id)}"sid":${sid},"seq":${seq},"msg":{${tickers ? `"market_tickers":${JSON.stringify(tickers)}` : ''}}}`;

export const subscriptionListFrame = (
  id: number | undefined,
  subscriptions: readonly { readonly channel: string; readonly sid: number }[],
): string => `{"type":"ok",${idKey(id)}"msg":${JSON.stringify(subscriptions)}}`;

export const unsubscribedFrame = (id: number | undefined, sid: number, seq: number): string =>
  `{"type":"unsubscribed",${idKey(id)}"sid":${sid},"seq":${seq}}`;

export function errorFrame(
  code: WireErrorCode,
  { id, sid, seq }: { id?: number | undefined; sid?: number; seq?: number } = {},
): string {
  const place = (sid === undefined ? '' : `"sid":${sid},`) + (seq === undefined ? '' : `"seq":${seq},`);
  return `{"type":"error",${idKey(id)}${place}"msg":{"code":${code},"msg":"${errorText[code]}"}}`;
}

/** A delta's text from `"msg":` on. `atMicros` is the exchange's time, microseconds since the epoch. */
export function deltaTail(market: Market, side: Side, price: number, change: number, atMicros: number): string {
  const { ticker, marketId } = market;
  const ts = formatTimestamp(atMicros);
  const place = `"price_dollars":"${formatPrice(price)}","delta_fp":"${formatSize(change)}","side":"${side}"`;
  return `"msg":{${names(ticker, marketId)},${place},"ts":"${ts}","ts_ms":${Math.floor(atMicros / 1000)}}}`;
}

/** The market's book as it is now, from `"msg":` on. */
export function snapshotTail(market: Market, useYesPrice: boolean): string {
  const { yes, no } = market.book.levels();
  const shownNo = useYesPrice ? no.map(([price, size]): Level => [DOLLAR - price, size]).toReversed() : no;
  return `"msg":{${names(market.ticker, market.marketId)}${sideKey('yes', yes)}${sideKey('no', shownNo)}}}`;
}

/** The snapshot of a market that this exchange does not have: it has no id. */
export const unknownMarketTail = (ticker: string): string => `"msg":{${names(ticker, '')}}}`;

/** A no-side delta's tail with its price as a YES price, every other byte as it was. */
export function inYesPrice(tail: string, price: number): string {
  return tail.replace(/("price_dollars":")[^"]*"/, (_, key: string) => `${key}${formatPrice(DOLLAR - price)}"`);
}

/** A delta's tail as the account sees it whose order it came from. */
export function withClientOrderId(tail: string, side: Side, clientOrderId: string): string {
  return tail.replace(`"side":"${side}"`, (key) => `${key},"client_order_id":${JSON.stringify(clientOrderId)}`);
}

const names = (ticker: string, marketId: string): string =>
  `"market_ticker":${JSON.stringify(ticker)},"market_id":${JSON.stringify(marketId)}`;

const sideKey = (side: Side, levels: readonly Level[]): string =>
  levels.length === 0
    ? ''
    : `,"${side}_dollars_fp":[${levels.map(([p, s]) => `["${formatPrice(p)}","${formatSize(s)}"]`).join()}]`;
