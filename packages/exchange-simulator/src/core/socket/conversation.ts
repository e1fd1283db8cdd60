// One connection's side of the protocol: commands in, frames out. It knows nothing of sockets or time.
//
// A connection has at most one subscription per channel. It begins with `subscribed` (no number) and ends with
// `unsubscribed`, error 25 or the connection; in between, every numbered frame of the sid takes the next number of one
// sequence over all its markets, snapshots and `ok` included. What comes after it gets a new sid and begins at 1 again.
import { WIRE_ERROR } from '@trader/orderbook-client/wire';
import type { Side } from '../market/book.ts';
import { CHANNELS, type ChannelName, isChannel } from './channels.ts';
import { type Command, parseCommand } from './command.ts';
import * as frames from './frames.ts';
import type { Hub, Publication, Subscriber } from './hub.ts';
import type { Follower, Market, OrderOwner } from '../market/market.ts';
import { quoteOf, tickerTail } from './quote-frames.ts';
import { lets, listOf, type Subscription } from './subscription.ts';
import { count, type Tally } from '../tally.ts';

/** What the exchange says to a ticker that it does not have; what the real one does is not known. */
export type UnknownTicker = 'empty-snapshot' | 'silent' | 'error';

export interface ConversationOptions {
  readonly markets: ReadonlyMap<string, Market>;
  readonly hub: Hub;
  /** The key that the connection was opened with. */
  readonly keyId: string;
  /** The channels that a key may use, for keys that are limited; others are error 9. */
  readonly grants?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly unknownTicker: UnknownTicker;
  /** More of one subscription are error 26. */
  readonly maxMarketsPerSubscription: number;
  readonly tally: Tally;
  readonly send: (frame: string) => void;
}

type Update = Extract<Command, { cmd: 'add_markets' | 'delete_markets' | 'get_snapshot' }>;
type UpdateValues = Extract<Command, { cmd: 'update_values' }>;
type Subscribe = Extract<Command, { cmd: 'subscribe' }>;

export class Conversation implements Follower, Subscriber {
  readonly keyId: string;
  readonly #options: ConversationOptions;
  readonly #markets: ReadonlyMap<string, Market>;
  readonly #send: (frame: string) => void;
  readonly #subscriptions = new Map<ChannelName, Subscription>();
  /** Also in the map: every delta looks at it. */
  #orderbook: Subscription | undefined;
  #lastSid = 0;
  #following = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.keyId = options.keyId;
    this.#markets = options.markets;
    this.#send = options.send;
  }

  /** How many of the exchange's books are followed (unknown tickers do not count), and a trade or ticker channel each. */
  get following(): number {
    return this.#following + Number(this.#hears('trade')) + Number(this.#hears('ticker'));
  }

  /**
   * Answers one message of the client, completely: an ack is directly followed by its snapshots.
   *
   * @param isOneTooMany whether it comes too soon after others: it is error 27
   */
  receiveCommand(text: string, isOneTooMany = false): void {
    this.#options.tally.commands++;
    const command = parseCommand(text);
    if (isOneTooMany) return this.#refuse(WIRE_ERROR.tooManyRequests, command.id);
    switch (command.cmd) {
      case 'subscribe':
        for (const channel of command.channels) this.#subscribe(channel, command);
        return;
      case 'unsubscribe':
        for (const sid of command.sids) this.#unsubscribe(sid, command.id);
        return;
      case 'add_markets':
      case 'delete_markets':
      case 'get_snapshot':
        return this.#update(command);
      case 'update_values':
        return this.#updateValues(command);
      case 'list_subscriptions': {
        const list = [...this.#subscriptions.values()].map(({ channel, sid }) => ({ channel, sid }));
        return this.#send(frames.subscriptionListFrame(command.id, list));
      }
      case 'refused':
        return this.#refuse(command.code, command.id);
    }
  }

  receiveDelta(side: Side, price: number, tail: string, owner?: OrderOwner): void {
    const subscription = this.#orderbook;
    if (!subscription) return;
    let shown = subscription.useYesPrice && side === 'no' ? frames.inYesPrice(tail, price) : tail;
    if (owner?.keyId === this.keyId) shown = frames.withClientOrderId(shown, side, owner.clientOrderId);
    this.#send(frames.dataHead('orderbook_delta', subscription.sid, ++subscription.seq) + shown);
  }

  receiveSnapshot(market: Market, tail: string): void {
    const subscription = this.#orderbook;
    if (!subscription) return;
    this.#sendSnapshot(subscription, subscription.useYesPrice ? frames.snapshotTail(market, true) : tail);
  }

  receiveDelisting(): void {
    this.#following--;
  }

  receivePublication(channel: ChannelName, { type, ticker, tail }: Publication): void {
    const subscription = this.#subscriptions.get(channel);
    if (!subscription || !lets(subscription, ticker)) return;
    const { sid } = subscription;
    const head = CHANNELS[channel].numbered
      ? frames.dataHead(type, sid, ++subscription.seq)
      : frames.plainHead(type, sid);
    this.#send(head + tail);
  }

  /** So many frames of the channel are missing. */
  skipNumbers(channel: string, count: number): void {
    for (const subscription of this.#subscriptions.values())
      if (subscription.channel === channel && CHANNELS[subscription.channel].numbered) subscription.seq += count;
  }

  /** Ends the subscriptions of market data as the exchange does to a consumer that is too slow. */
  failMarketData(): void {
    for (const { channel, sid } of this.#subscriptions.values()) {
      if (CHANNELS[channel].isMarketData) this.failSid(WIRE_ERROR.bufferOverflow, sid);
    }
  }

  /** Ends one subscription with an error that no command caused. */
  failSid(code: frames.WireErrorCode, sid: number): void {
    const subscription = this.#bySid(sid);
    if (!subscription) return;
    this.#drop(subscription);
    const seq = CHANNELS[subscription.channel].numbered ? { seq: ++subscription.seq } : {};
    this.#refuse(code, undefined, { sid, ...seq });
  }

  /** The subscriptions that are open. */
  get sids(): readonly number[] {
    return [...this.#subscriptions.values()].map(({ sid }) => sid);
  }

  /** Stops following everything; nothing is said. */
  endAll(): void {
    for (const subscription of this.#subscriptions.values()) this.#drop(subscription);
  }

  #subscribe(channel: string, command: Subscribe): void {
    const { id, useYesPrice = false, skipTickerAck } = command;
    if (!isChannel(channel)) return this.#refuse(WIRE_ERROR.unknownChannel, id);
    const granted = this.#options.grants?.get(this.keyId);
    if (granted && !granted.has(channel)) return this.#refuse(WIRE_ERROR.authenticationRequired, id);
    const tickers = this.#tickersOf(channel, command);
    if (CHANNELS[channel].markets === 'required' && tickers.length === 0) {
      return this.#refuse(WIRE_ERROR.marketTickerRequired, id);
    }
    if (this.#refusesUnknown(tickers, id)) return;

    const known = this.#subscriptions.get(channel);
    if (this.#isTooMany(known, tickers)) return this.#refuse(WIRE_ERROR.marketLimitExceeded, id);
    if (known) {
      known.skipTickerAck = skipTickerAck ?? known.skipTickerAck;
      // Somebody who names no markets wants them all, whatever was named before.
      if (tickers.length === 0) known.tickers = 'all';
      return this.#addMarkets(known, tickers, command);
    }
    const sid = ++this.#lastSid;
    const subscription: Subscription = {
      channel,
      sid,
      seq: 0,
      tickers: tickers.length > 0 ? new Set() : 'all',
      useYesPrice,
      skipTickerAck: skipTickerAck ?? false,
    };
    this.#subscriptions.set(channel, subscription);
    if (channel === 'orderbook_delta') this.#orderbook = subscription;
    else this.#options.hub.join(channel, this);
    this.#send(frames.subscribedFrame(id, channel, sid));
    this.#follow(subscription, tickers, command.sendInitialSnapshot);
  }

  #unsubscribe(sid: number, id: number | undefined): void {
    const subscription = this.#bySid(sid);
    if (!subscription) return this.#refuse(WIRE_ERROR.unknownSubscription, id);
    this.#drop(subscription);
    this.#send(frames.unsubscribedFrame(id, sid, ++subscription.seq));
  }

  #update(command: Update): void {
    const { cmd, id, sid } = command;
    const subscription = this.#bySid(sid);
    if (!subscription) return this.#refuse(WIRE_ERROR.unknownSubscription, id);
    const { channel } = subscription;
    if (!CHANNELS[channel].actions.includes(cmd)) return this.#refuse(WIRE_ERROR.unsupportedAction, id);
    const tickers = this.#tickersOf(channel, command);
    if (cmd !== 'get_snapshot' && tickers.length === 0) return this.#refuse(WIRE_ERROR.marketTickerRequired, id);
    switch (cmd) {
      case 'add_markets':
        if (this.#refusesUnknown(tickers, id)) return;
        if (this.#isTooMany(subscription, tickers)) return this.#refuse(WIRE_ERROR.marketLimitExceeded, id);
        return this.#addMarkets(subscription, tickers, command);
      case 'delete_markets':
        this.#unfollow(subscription, tickers);
        return this.#sendOk(subscription, id);
      case 'get_snapshot':
        // An empty list takes one number and brings no snapshot (seen on demo); a filled one brings its snapshots only.
        if (tickers.length === 0) return this.#sendOk(subscription, id);
        if (this.#refusesUnknown(tickers, id)) return;
        for (const ticker of tickers) this.#sendBook(subscription, ticker, id);
        return;
    }
  }

  /** No value ever comes, so which ones are wanted need not be remembered. */
  #updateValues({ id, sid, action }: UpdateValues): void {
    const subscription = this.#bySid(sid);
    if (!subscription) return this.#refuse(WIRE_ERROR.unknownSubscription, id);
    const { channel } = subscription;
    const { values } = CHANNELS[channel];
    if (!values || ![values.add, values.remove, values.list].includes(action)) {
      return this.#refuse(WIRE_ERROR.unsupportedAction, id);
    }
    if (action !== values.list) return this.#sendOk(subscription, id);
    const head = frames.dataHead(`${channel}_${action}`, sid, ++subscription.seq, id);
    this.#send(`${head}"msg":{"${values.field}":[]}}`);
  }

  #addMarkets(subscription: Subscription, tickers: readonly string[], command: Update | Subscribe): void {
    const { tickers: named } = subscription;
    const added = named === 'all' ? [] : tickers.filter((ticker) => !named.has(ticker));
    if (named !== 'all') for (const ticker of added) named.add(ticker);
    this.#sendOk(subscription, command.id);
    this.#follow(subscription, named === 'all' ? tickers : added, command.sendInitialSnapshot);
  }

  #follow(subscription: Subscription, tickers: readonly string[], withQuotes: boolean): void {
    const { channel, tickers: named } = subscription;
    if (named !== 'all') for (const ticker of tickers) named.add(ticker);
    if (channel === 'ticker' && withQuotes) {
      for (const ticker of tickers.length > 0 ? tickers : this.#markets.keys()) this.#sendQuote(subscription, ticker);
    }
    if (channel !== 'orderbook_delta') return;
    for (const ticker of tickers) {
      const market = this.#markets.get(ticker);
      if (market) {
        market.followers.add(this);
        this.#following++;
      }
      this.#sendBook(subscription, ticker);
    }
  }

  #unfollow({ channel, tickers: named }: Subscription, tickers: readonly string[]): void {
    if (named === 'all') return;
    for (const ticker of tickers) {
      if (!named.delete(ticker) || channel !== 'orderbook_delta') continue;
      if (this.#markets.get(ticker)?.followers.delete(this)) this.#following--;
    }
  }

  #drop(subscription: Subscription): void {
    const { channel, tickers } = subscription;
    this.#subscriptions.delete(channel);
    if (channel !== 'orderbook_delta') return this.#options.hub.leave(channel, this);
    for (const ticker of tickers) this.#markets.get(ticker)?.followers.delete(this);
    this.#following = 0;
    this.#orderbook = undefined;
  }

  #bySid(sid: number): Subscription | undefined {
    for (const subscription of this.#subscriptions.values()) if (subscription.sid === sid) return subscription;
    return undefined;
  }

  #hears(channel: 'trade' | 'ticker'): boolean {
    const subscription = this.#subscriptions.get(channel);
    if (!subscription) return false;
    const { tickers } = subscription;
    return tickers === 'all' || [...tickers].some((ticker) => this.#markets.has(ticker));
  }

  /** Ids name markets on the ticker channel only; channels without a filter take no notice of either. */
  #tickersOf(channel: ChannelName, { tickers, marketIds }: Update | Subscribe): readonly string[] {
    if (CHANNELS[channel].markets === 'none') return [];
    if (channel !== 'ticker' || marketIds.length === 0) return tickers;
    const wanted = new Set(marketIds);
    const known = [...this.#markets.values()].filter(({ marketId }) => wanted.delete(marketId));
    // An id that nobody has stays in the filter, so that it does not become one for all markets.
    return [...known.map(({ ticker }) => ticker), ...wanted];
  }

  #sendBook(subscription: Subscription, ticker: string, id?: number): void {
    const market = this.#markets.get(ticker);
    if (!market && this.#options.unknownTicker !== 'empty-snapshot') return;
    const tail = market ? frames.snapshotTail(market, subscription.useYesPrice) : frames.unknownMarketTail(ticker);
    this.#sendSnapshot(subscription, tail, id);
  }

  #sendSnapshot(subscription: Subscription, tail: string, id?: number): void {
    this.#options.tally.snapshotsSent++;
    this.#send(frames.dataHead('orderbook_snapshot', subscription.sid, ++subscription.seq, id) + tail);
  }

  #sendQuote({ sid }: Subscription, ticker: string): void {
    const market = this.#markets.get(ticker);
    if (market) {
      this.#send(frames.plainHead('ticker', sid) + tickerTail(quoteOf(market), market.listing.updatedAtMs * 1000));
    }
  }

  #sendOk(subscription: Subscription, id: number | undefined): void {
    this.#send(frames.okFrame(id, subscription.sid, ++subscription.seq, listOf(subscription)));
  }

  /** Whether a subscription would have more markets than it may. */
  #isTooMany(subscription: Subscription | undefined, tickers: readonly string[]): boolean {
    const named = subscription?.tickers ?? new Set<string>();
    if (named === 'all') return false;
    const added = tickers.filter((ticker) => !named.has(ticker)).length;
    return added > 0 && named.size + added > this.#options.maxMarketsPerSubscription;
  }

  #refusesUnknown(tickers: readonly string[], id: number | undefined): boolean {
    if (this.#options.unknownTicker !== 'error') return false;
    if (tickers.every((ticker) => this.#markets.has(ticker))) return false;
    this.#refuse(WIRE_ERROR.marketNotFound, id);
    return true;
  }

  #refuse(code: frames.WireErrorCode, id: number | undefined, where: { sid?: number; seq?: number } = {}): void {
    count(this.#options.tally.errorsSent, code);
    this.#send(frames.errorFrame(code, { id, ...where }));
  }
}
