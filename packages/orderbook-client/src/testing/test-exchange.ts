// What a test exchange is to the test that uses it. How it works is in create-test-exchange.ts.
import type { Side } from '../core/price/book-level.ts';
import type { OrderbookClientOptions } from '../options.ts';
import type {
  EventFeeUpdateFrame,
  EventLifecycleFrame,
  FillFrame,
  MarketLifecycleFrame,
  MarketPositionFrame,
  OrderGroupFrame,
  RawFrame,
  TickerFrame,
  TradeFrame,
  UserOrderFrame,
  WireCommand,
} from '../wire.ts';

/** `[price in dollars, size in contracts]`, as decimal text: `['0.40', '10']` or `['0.4000', '10.00']`. */
export type TestLevel = readonly [price: string, size: string];

/** Resting bids of both sides, in any order; NO bids in NO prices. A side that is left out is empty. */
export type TestBookLevels = { readonly yes?: readonly TestLevel[]; readonly no?: readonly TestLevel[] };

/** A frame of a channel beside the order book; the exchange puts in the sid, and the number where there is one. */
export type TestMessage =
  | TradeFrame
  | TickerFrame
  | MarketLifecycleFrame
  | EventLifecycleFrame
  | EventFeeUpdateFrame
  | FillFrame
  | UserOrderFrame
  | MarketPositionFrame
  | OrderGroupFrame
  | RawFrame extends infer Frame
  ? Frame extends { readonly type: string; readonly msg: object }
    ? Pick<Frame, 'type' | 'msg'>
    : never
  : never;

/** How a handshake is refused. */
export type TestRefusal = {
  /** What the exchange asks to wait, in ms. @default it asks for nothing */
  readonly retryAfterMs?: number;
  /** So many handshakes are refused; those after them are accepted. @default Infinity */
  readonly times?: number;
};

export interface TestExchangeOptions {
  /** Of the randomness that the client gets: jitter comes out the same in each run. @default 1 */
  readonly seed?: number;
  /** The clock at the start, ms since the Unix epoch. @default 1800000000000 (2027-01-15T08:00Z) */
  readonly startMs?: number;
}

/**
 * An exchange for unit tests, without network and without waiting. It answers commands by itself, at once and from the
 * books that the test gives it; time stands still until the test lets it pass. Prices and sizes are decimal text as the
 * exchange writes it; the client under test turns them into integers.
 */
export interface TestExchange {
  /** Spread into the options of a client: `createOrderbookClient({ ...exchange.options, markets })`. */
  readonly options: Required<Pick<OrderbookClientOptions, 'url' | 'credentials' | 'runtime' | 'openSocket'>>;
  /** Every command of the client, in order, over all connections. */
  readonly commands: readonly WireCommand[];
  /** The clock of client and exchange, ms since the Unix epoch. */
  readonly nowMs: number;
  /** Open connections. 0 after `close()` of the client. */
  readonly connections: number;
  /** Timers that are set, those of the exchange's own pings among them. 0 after `close()` of the client. */
  readonly timers: number;

  /**
   * Lets `ms` pass: every timer fires in order at its own moment, and promises that wait are let run after each. What a
   * client does at once, like the first redial after a cut, happens with `advance(0)`.
   *
   * @throws {RangeError} for a negative or endless time
   */
  advance(ms: number): Promise<void>;
  /**
   * Resolves once the client is connected, without letting time pass. A handshake is signed, and signing is the one
   * thing that a client does not do at once.
   *
   * @throws {Error} if the client does not dial now: it was not started, waits between two tries, or was refused
   */
  connected(): Promise<void>;

  /**
   * Sets a market's book, in silence: nothing is sent. Before the client subscribes it is what the first snapshot
   * shows; after that it is a change that the client has missed. A market that was never set has an empty book.
   *
   * @throws {TypeError | RangeError} for what is no level, and for sides that cross
   */
  book(market: string, levels: TestBookLevels): void;
  /** Sends a market's book unasked, as the exchange does with an empty one when a market closes. */
  snapshot(market: string): void;
  /**
   * Changes a level by `change`, which has a sign, and tells whoever is subscribed.
   *
   * @throws {RangeError} if less rests there than is taken away, or the sides would cross: a real exchange sends no
   * such delta. With `send` you can
   */
  delta(market: string, side: Side, price: string, change: string): void;
  /**
   * A trade with what rests: the maker's level shrinks, then the print is sent to whoever follows trades.
   *
   * @param takerSide the outcome that the taker buys; `yes` meets NO bids at one dollar minus `yesPrice`
   * @throws {TypeError | RangeError} for what is no price or size, or if less rests there
   */
  trade(market: string, takerSide: Side, yesPrice: string, size: string): void;
  /** Sends a frame of another channel to whoever has subscribed to the channel (and, where it filters, to the market). */
  publish(message: TestMessage): void;
  /** Sends this on every open connection, as it is: an object as JSON, text and bytes untouched. */
  send(frame: object | string | Uint8Array): void;

  /**
   * Loses `count` numbers of every order-book subscription, 1 unless told. The next frame on it shows the gap.
   *
   * @throws {RangeError} for less than 1
   */
  gap(count?: number): void;
  /** Cuts every connection, without a word. */
  disconnect(): void;
  /**
   * Refuses handshakes with an HTTP status from now on, until `accept()`.
   *
   * @throws {RangeError} for a status that is no refusal, and for less than one time
   */
  refuse(httpStatus: number, refusal?: TestRefusal): void;
  /** Accepts handshakes again. */
  accept(): void;
  /** Keeps the answers to commands back from now on, until `sendReplies()`. Data goes on. */
  holdReplies(): void;
  /** Answers what has waited, in order, and answers at once again. */
  sendReplies(): void;
  /** Answers no ping from now on, until `sendPongs()`: what the client has sent then looks lost. */
  holdPongs(): void;
  /** Answers pings again. Those that were not answered stay so. */
  sendPongs(): void;
}
