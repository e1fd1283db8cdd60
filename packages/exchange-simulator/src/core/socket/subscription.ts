import type { ChannelName } from './channels.ts';

/** One subscription of a connection: there is at most one per channel. */
export interface Subscription {
  readonly channel: ChannelName;
  readonly sid: number;
  /** The sequence number of the last numbered frame. */
  seq: number;
  /** The markets that it names, known or not; `'all'` when it names none. Emptied by deletes, it lets none through. */
  tickers: Set<string> | 'all';
  readonly useYesPrice: boolean;
  /** Whether `ok` leaves the list of markets out. */
  skipTickerAck: boolean;
}

export const lets = ({ tickers }: Subscription, ticker: string | undefined): boolean =>
  tickers === 'all' || ticker === undefined || tickers.has(ticker);

/** What `ok` says: the full list, sorted; empty for all markets; `undefined` when it is not wanted. */
export const listOf = ({ tickers, skipTickerAck }: Subscription): readonly string[] | undefined =>
  skipTickerAck ? undefined : tickers === 'all' ? [] : [...tickers].toSorted();
