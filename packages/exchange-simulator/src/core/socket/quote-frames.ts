// The text of trades and quotes, from `"msg":` on: what the `trade` and `ticker` channels show of a market.
import { DOLLAR, formatPrice, formatSize } from '../market/fixed-point.ts';
import { formatTimestamp } from '../timestamp.ts';
import type { PublicTrade } from '../market/listing.ts';
import type { Market } from '../market/market.ts';

export function tradeTail(trade: PublicTrade): string {
  const { tradeId, ticker, yesPrice, size, takerOutcome, isBlockTrade, atMicros } = trade;
  const prices = `"yes_price_dollars":"${formatPrice(yesPrice)}","no_price_dollars":"${formatPrice(DOLLAR - yesPrice)}"`;
  const bookSide = takerOutcome === 'yes' ? 'bid' : 'ask';
  const taker = `"taker_side":"${takerOutcome}","taker_outcome_side":"${takerOutcome}","taker_book_side":"${bookSide}"`;
  return (
    `"msg":{"trade_id":"${tradeId}","market_ticker":${JSON.stringify(ticker)},${prices},"count_fp":"${formatSize(size)}",` +
    `${taker},"is_block_trade":${isBlockTrade},${times(atMicros)}}}`
  );
}

/** Everything of a `ticker` frame that can change, from the market's ticker to its figures: two equal ones are one. */
export function quoteOf({ ticker, marketId, book, listing }: Market): string {
  const bid = book.best('yes');
  const noBid = book.best('no');
  const { lastPrice, lastSize, volume, openInterest, dollarVolume } = listing;
  return [
    `"market_ticker":${JSON.stringify(ticker)},"market_id":"${marketId}"`,
    `"price_dollars":"${formatPrice(lastPrice ?? 0)}"`,
    `"yes_bid_dollars":"${formatPrice(bid)}","yes_ask_dollars":"${formatPrice(DOLLAR - noBid)}"`,
    `"volume_fp":"${formatSize(volume)}","open_interest_fp":"${formatSize(openInterest)}"`,
    `"dollar_volume":${Math.floor(dollarVolume / DOLLAR)},"dollar_open_interest":${Math.floor(openInterest / 100)}`,
    `"yes_bid_size_fp":"${formatSize(book.size('yes', bid))}","yes_ask_size_fp":"${formatSize(book.size('no', noBid))}"`,
    `"last_trade_size_fp":"${formatSize(lastSize ?? 0)}"`,
  ].join();
}

export const tickerTail = (quote: string, atMicros: number): string =>
  `"msg":{${quote},${times(atMicros)},"time":"${formatTimestamp(atMicros)}"}}`;

const times = (atMicros: number): string =>
  `"ts":${Math.floor(atMicros / 1_000_000)},"ts_ms":${Math.floor(atMicros / 1000)}`;
