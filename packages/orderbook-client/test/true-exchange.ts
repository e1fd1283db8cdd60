// An exchange with one true book per market, whatever of it is told: the measure of what a client recovers to.
import { seededRandom } from '@trader/testkit';
import { expect } from 'vitest';
import type { OrderbookClientOptions } from '../src/index.ts';
import type { WireCommand, WireFrame, WireLevel } from '../src/wire.ts';
import { A, B, conversation, delta, snapshot, subscribed, type ScriptedSocket } from './scripted-exchange.ts';

type Side = 'yes' | 'no';
type Move = { readonly market: string; readonly side: Side; readonly cents: number; readonly contracts: number };

class TrueExchange {
  /** Takes commands and answers none of them. */
  deaf = false;
  /** `false`: something has changed of which the client can not know yet. */
  told = true;
  socket: ScriptedSocket | null = null;
  readonly #random: () => number;
  readonly #markets: readonly string[];
  /** Contracts by cents. Neither side goes beyond 45 cents, so that the books never cross. */
  readonly #levels = new Map<string, Map<number, number>>();
  #members = new Set<string>();
  #taken = 0;
  #sid = 0;
  #seq = 0;

  constructor(markets: readonly string[], seed: number) {
    this.#random = seededRandom(seed);
    this.#markets = markets;
    for (let i = 0; i < 10; i++) this.#apply(this.#draw());
  }

  /** A new connection: nothing of an earlier one is known. */
  accept(socket: ScriptedSocket): void {
    this.socket = socket;
    this.#taken = 0;
    this.#sid = 0;
    this.#end();
    socket.listener.opened();
  }

  /** Answers the commands that came since the last time. */
  answer(): void {
    for (const command of this.socket?.commands.slice(this.#taken) ?? []) {
      this.#taken++;
      if (!this.deaf) this.#take(command);
    }
  }

  /** A level changes, and the client is told. */
  move(): void {
    const move = this.#draw();
    this.#apply(move);
    this.#tell(move);
  }

  /** A level changes, and the frame that says so is lost. */
  lose(): void {
    const move = this.#draw();
    this.#apply(move);
    if (!this.#members.has(move.market)) return;
    this.#seq++;
    this.told = false;
  }

  /** A level changes, and the frame that says so has its price under another name. */
  garble(): void {
    const move = this.#draw();
    this.#apply(move);
    this.#tell(move, (text) => text.replace('"price_dollars"', '"price_usd"'));
  }

  /** A frame that takes more from a level than there is. */
  breach(): void {
    this.#tell({ ...this.#draw(), contracts: -1_000_000 });
  }

  /** A frame about a change that never was: plausible, and wrong. */
  lie(): void {
    this.#tell({ ...this.#draw(), contracts: 3 });
  }

  /** Ends the subscription with an error that no command caused. */
  end(code: number): void {
    if (this.#seq === 0) return;
    this.#send({ type: 'error', sid: this.#sid, msg: { code, msg: 'over' } });
    this.#end();
  }

  /** Counts from 1 again on the sid that is there. */
  restart(): void {
    this.#seq = 0;
  }

  levels(market: string, side: Side): (readonly [price: number, size: number])[] {
    const own = [...this.#levels].find(([key]) => key === `${market} ${side}`)?.[1] ?? new Map<number, number>();
    return [...own].toSorted(([a], [b]) => a - b).map(([cents, contracts]) => [cents * 100, contracts * 100]);
  }

  #draw(): Move {
    const market = this.#markets[Math.floor(this.#random() * this.#markets.length)]!;
    const side = this.#random() < 0.5 ? 'yes' : 'no';
    const cents = 1 + Math.floor(this.#random() * 45);
    const resting = this.#levels.get(`${market} ${side}`)?.get(cents) ?? 0;
    const more = 1 + Math.floor(this.#random() * 20);
    return { market, side, cents, contracts: resting > 0 && this.#random() < 0.6 ? -Math.min(resting, more) : more };
  }

  #apply({ market, side, cents, contracts }: Move): void {
    const key = `${market} ${side}`;
    const levels = this.#levels.get(key) ?? new Map<number, number>();
    this.#levels.set(key, levels);
    const size = (levels.get(cents) ?? 0) + contracts;
    if (size === 0) levels.delete(cents);
    else levels.set(cents, size);
  }

  #tell({ market, side, cents, contracts }: Move, spoil = (text: string): string => text): void {
    if (!this.#members.has(market)) return;
    const frame = delta(++this.#seq, market, `0.${String(cents).padStart(2, '0')}00`, `${contracts}.00`, side);
    this.told = true;
    this.socket?.send(spoil(JSON.stringify({ ...frame, sid: this.#sid })));
  }

  #take(command: WireCommand): void {
    const { id, cmd } = command;
    if (cmd === 'subscribe') {
      const isFirst = this.#members.size === 0 && this.#seq === 0;
      const markets = command.params.market_tickers ?? [];
      for (const market of markets) this.#members.add(market);
      if (isFirst) this.#send(subscribed(id, ++this.#sid));
      else this.#acknowledge(id);
      this.#sendBooks(markets);
    } else if (cmd === 'unsubscribe') {
      this.#send({ type: 'unsubscribed', id, sid: this.#sid, seq: ++this.#seq });
      this.#end();
    } else if (cmd === 'update_subscription') {
      const { action, market_tickers: markets = [] } = command.params;
      if (action === 'get_snapshot') return this.#sendBooks(markets, id);
      for (const market of markets) this.#members[action === 'add_markets' ? 'add' : 'delete'](market);
      this.#acknowledge(id);
      if (action === 'add_markets') this.#sendBooks(markets);
    }
  }

  #acknowledge(id: number): void {
    const frame = { type: 'ok', id, sid: this.#sid, seq: ++this.#seq, msg: { market_tickers: [...this.#members] } };
    this.#send(frame as WireFrame);
  }

  #sendBooks(markets: readonly string[], id?: number): void {
    const spelled = (market: string, side: Side): WireLevel[] =>
      this.levels(market, side).map(([price, size]) => [`0.${String(price).padStart(4, '0')}`, `${size / 100}.00`]);
    for (const market of markets) {
      const frame = snapshot(++this.#seq, market, spelled(market, 'yes'), spelled(market, 'no'));
      this.#send({ ...frame, sid: this.#sid, ...(id !== undefined && { id }) } as WireFrame);
    }
  }

  #send(frame: WireFrame): void {
    this.told = true;
    this.socket?.send(frame);
  }

  #end(): void {
    this.#members = new Set();
    this.#seq = 0;
  }
}

/** A client of such an exchange, with every book synced. */
export async function trueConversation(seed: number, options: Partial<OrderbookClientOptions> = {}) {
  const markets = options.markets ?? [A, B];
  const it = conversation(options);
  const exchange = new TrueExchange(markets, seed);
  let met = 0;

  /** Lets a moment pass in which the exchange answers, whoever it is connected to. */
  const pass = async (ms: number, { pongs = true } = {}): Promise<void> => {
    it.runtime.advance(ms);
    // A handshake is signed in a promise.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    for (; met < it.sockets.length; met++) exchange.accept(it.sockets[met]!);
    exchange.answer();
    if (pongs) exchange.socket?.listener.pong();
  };

  /** Whatever says that it is synced is the exchange's book, level by level. */
  const expectRight = (): void => {
    if (!exchange.told) return;
    for (const book of it.client.books()) {
      if (!book.synced) continue;
      expect([book.market, book.levels('yes'), book.levels('no')]).toEqual([
        book.market,
        exchange.levels(book.market, 'yes'),
        exchange.levels(book.market, 'no'),
      ]);
    }
  };

  /** Waits, boundedly, until every book is synced. */
  const heal = async (): Promise<void> => {
    for (let waitedMs = 0; it.client.status().phase !== 'live' || !allSynced(); waitedMs += 250) {
      if (waitedMs > 10 * 60_000) throw new Error('not healed within ten minutes');
      await pass(250);
      expectRight();
    }
  };
  const allSynced = (): boolean => it.client.status().synced === it.client.status().wanted;

  it.client.start();
  await heal();
  return { ...it, exchange, pass, heal, expectRight };
}
