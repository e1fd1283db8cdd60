// Trades and tickers: what everybody sees of a market beside its book.
import type { Ticker, Trade } from '../../channel-events.ts';
import { takerOutcome } from './direction.ts';
import {
  ABSENT,
  complementOf,
  firstOf,
  flag,
  optional,
  price,
  reader,
  signedWholeNumber,
  size,
  text,
  time,
  type Field,
} from './fields.ts';
import { ONE_DOLLAR } from '../price/price.ts';

export const readTrade = reader<Trade>(
  {
    tradeId: text('trade_id'),
    market: text('market_ticker'),
    yesPrice: firstOf(price('yes_price'), complementOf(price('no_price'))),
    noPrice: firstOf(price('no_price'), complementOf(price('yes_price'))),
    size: size('count'),
    takerSide: takerOutcome(),
    blockTrade: optional(flag('is_block_trade')),
    exchangeAtMs: time({ ms: 'ts_ms', seconds: 'ts' }),
  },
  ({ yesPrice, noPrice }) =>
    yesPrice + noPrice === ONE_DOLLAR ? null : 'with prices that do not add up to one dollar',
);

export const readTicker = reader<Ticker>({
  market: text('market_ticker'),
  marketId: optional(text('market_id')),
  lastPrice: quote('price', 0),
  yesBid: quote('yes_bid', 0),
  yesAsk: quote('yes_ask', 0, ONE_DOLLAR),
  yesBidSize: optional(size('yes_bid_size')),
  yesAskSize: optional(size('yes_ask_size')),
  lastTradeSize: optional(size('last_trade_size')),
  volume: size('volume'),
  openInterest: size('open_interest'),
  volumeDollars: optional(signedWholeNumber('dollar_volume')),
  openInterestDollars: optional(signedWholeNumber('dollar_open_interest')),
  exchangeAtMs: time({ ms: 'ts_ms', rfc3339: 'time', seconds: 'ts' }),
});

/**
 * A price, or `null` for none: the exchange then writes empty text, or a price at which nothing can rest or trade. A
 * message without the key is a violation.
 */
function quote(name: string, ...nothing: readonly number[]): Field<number | null> {
  const { wireName, find } = price(name);
  const keys = [wireName, name];
  return {
    wireName,
    find: (msg) => {
      const found = find(msg);
      if (found === ABSENT) return keys.some((key) => key in msg) ? null : ABSENT;
      return typeof found === 'number' && nothing.includes(found) ? null : found;
    },
  };
}
