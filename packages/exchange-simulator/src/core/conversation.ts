// One connection's side of the protocol: commands in, frames out. It knows nothing of sockets or time.
//
// A connection has at most one subscription per channel. It begins with `subscribed` (no number) and ends with
// `unsubscribed`, error 25 or the connection; in between, every frame of the sid takes the next number of one sequence
// over all its markets, snapshots and `ok` included. What comes after it gets a new sid and begins at 1 again.
import { WIRE_ERROR } from '@trader/orderbook-client/wire';
import type { Side } from './book.ts';
import { type Command, parseCommand } from './command.ts';
import * as frames from './frames.ts';
import type { Follower, Market } from './market.ts';
import { count, type Tally } from './tally.ts';

/** What the exchange says to a ticker that it does not have; what the real one does is not known. */
export type UnknownTicker = 'empty-snapshot' | 'silent' | 'error';

export interface ConversationOptions {
  readonly markets: ReadonlyMap<string, Market>;
  readonly unknownTicker: UnknownTicker;
  readonly tally: Tally;
  readonly send: (frame: string) => void;
}

type Subscription = {
  readonly sid: number;
  /** The sequence number of the last frame. */
  seq: number;
  readonly tickers: Set<string>;
  readonly useYesPrice: boolean;
};

type Update = Extract<Command, { cmd: 'add_markets' | 'delete_markets' | 'get_snapshot' }>;
type Subscribe = Extract<Command, { cmd: 'subscribe' }>;

const CHANNEL = 'orderbook_delta';

export class Conversation implements Follower {
  readonly #markets: ReadonlyMap<string, Market>;
  readonly #unknownTicker: UnknownTicker;
  readonly #tally: Tally;
  readonly #send: (frame: string) => void;
  #orderbook: Subscription | undefined;
  #lastSid = 0;
  #following = 0;

  constructor({ markets, unknownTicker, tally, send }: ConversationOptions) {
    this.#markets = markets;
    this.#unknownTicker = unknownTicker;
    this.#tally = tally;
    this.#send = send;
  }

  /** How many of the exchange's markets are followed; unknown tickers do not count. */
  get following(): number {
    return this.#following;
  }

  /** Answers one message of the client, completely: an ack is directly followed by its snapshots. */
  receive(text: string): void {
    this.#tally.commands++;
    const command = parseCommand(text);
    switch (command.cmd) {
      case 'subscribe':
        for (const channel of command.channels) {
          if (channel === CHANNEL) this.#subscribe(command);
          else this.#refuse(WIRE_ERROR.unknownChannel, command.id);
        }
        return;
      case 'unsubscribe':
        for (const sid of command.sids) this.#unsubscribe(sid, command.id);
        return;
      case 'add_markets':
      case 'delete_markets':
      case 'get_snapshot':
        return this.#update(command);
      case 'list_subscriptions': {
        const list = this.#orderbook ? [{ channel: CHANNEL, sid: this.#orderbook.sid }] : [];
        return this.#send(frames.subscriptionListFrame(command.id, list));
      }
      case 'refused':
        return this.#refuse(command.code, command.id);
    }
  }

  delta(side: Side, price: number, tail: string): void {
    const subscription = this.#orderbook;
    if (!subscription) return;
    const shown = subscription.useYesPrice && side === 'no' ? frames.inYesPrice(tail, price) : tail;
    this.#send(frames.dataHead('orderbook_delta', subscription.sid, ++subscription.seq) + shown);
  }

  snapshot(market: Market, tail: string): void {
    const subscription = this.#orderbook;
    if (!subscription) return;
    this.#sendSnapshot(subscription, subscription.useYesPrice ? frames.snapshotTail(market, true) : tail);
  }

  /** Ends the subscription as the exchange does to a consumer that is too slow. */
  overflow(): void {
    const subscription = this.#orderbook;
    if (!subscription) return;
    this.end();
    this.#refuse(WIRE_ERROR.bufferOverflow, undefined, { sid: subscription.sid, seq: ++subscription.seq });
  }

  /** Stops following everything; nothing is said. */
  end(): void {
    for (const ticker of this.#orderbook?.tickers ?? []) this.#markets.get(ticker)?.followers.delete(this);
    this.#following = 0;
    this.#orderbook = undefined;
  }

  #subscribe({ id, tickers, useYesPrice }: Subscribe): void {
    if (tickers.length === 0) return this.#refuse(WIRE_ERROR.marketTickerRequired, id);
    if (this.#refusesUnknown(tickers, id)) return;
    if (this.#orderbook) return this.#addMarkets(this.#orderbook, tickers, id);
    const sid = ++this.#lastSid;
    this.#orderbook = { sid, seq: 0, tickers: new Set(), useYesPrice };
    this.#send(frames.subscribedFrame(id, CHANNEL, sid));
    this.#follow(this.#orderbook, tickers);
  }

  #unsubscribe(sid: number, id: number | undefined): void {
    const subscription = this.#orderbook;
    if (subscription?.sid !== sid) return this.#refuse(WIRE_ERROR.unknownSubscription, id);
    this.end();
    this.#send(frames.unsubscribedFrame(id, sid, ++subscription.seq));
  }

  #update({ cmd, id, sid, tickers }: Update): void {
    const subscription = this.#orderbook;
    if (subscription?.sid !== sid) return this.#refuse(WIRE_ERROR.unknownSubscription, id);
    switch (cmd) {
      case 'add_markets':
        if (!this.#refusesUnknown(tickers, id)) this.#addMarkets(subscription, tickers, id);
        return;
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

  #addMarkets(subscription: Subscription, tickers: readonly string[], id: number | undefined): void {
    const added = tickers.filter((ticker) => !subscription.tickers.has(ticker));
    for (const ticker of added) subscription.tickers.add(ticker);
    this.#sendOk(subscription, id);
    this.#follow(subscription, added);
  }

  #follow(subscription: Subscription, tickers: readonly string[]): void {
    for (const ticker of tickers) {
      subscription.tickers.add(ticker);
      const market = this.#markets.get(ticker);
      if (market) {
        market.followers.add(this);
        this.#following++;
      }
      this.#sendBook(subscription, ticker);
    }
  }

  #unfollow(subscription: Subscription, tickers: readonly string[]): void {
    for (const ticker of tickers) {
      if (!subscription.tickers.delete(ticker)) continue;
      if (this.#markets.get(ticker)?.followers.delete(this)) this.#following--;
    }
  }

  #sendBook(subscription: Subscription, ticker: string, id?: number): void {
    const market = this.#markets.get(ticker);
    if (!market && this.#unknownTicker !== 'empty-snapshot') return;
    const tail = market ? frames.snapshotTail(market, subscription.useYesPrice) : frames.unknownMarketTail(ticker);
    this.#sendSnapshot(subscription, tail, id);
  }

  #sendSnapshot(subscription: Subscription, tail: string, id?: number): void {
    this.#tally.snapshotsSent++;
    this.#send(frames.dataHead('orderbook_snapshot', subscription.sid, ++subscription.seq, id) + tail);
  }

  #sendOk(subscription: Subscription, id: number | undefined): void {
    this.#send(frames.okFrame(id, subscription.sid, ++subscription.seq, [...subscription.tickers].toSorted()));
  }

  #refusesUnknown(tickers: readonly string[], id: number | undefined): boolean {
    if (this.#unknownTicker !== 'error') return false;
    const ticker = tickers.find((ticker) => !this.#markets.has(ticker));
    if (ticker === undefined) return false;
    this.#refuse(WIRE_ERROR.marketNotFound, id, { ticker });
    return true;
  }

  #refuse(
    code: frames.WireErrorCode,
    id: number | undefined,
    where: { sid?: number; seq?: number; ticker?: string } = {},
  ): void {
    count(this.#tally.errorsSent, code);
    this.#send(frames.errorFrame(code, { id, ...where }));
  }
}
