// An exchange that keeps one true book per market and misbehaves in every way that a seed comes up with. What it knows and
// the client can not, it notes as excused: a frame that was lost and not yet followed by another number, a market that it
// dropped without a word, a book that it lied about.
import type { WireCommand } from '../src/wire.ts';

export type Side = 'yes' | 'no';
type Levels = Map<number, number>;

export const MARKETS = ['KXA', 'KXB', 'KXC', 'KXD'] as const;
/** Wanted now and then, and not there. */
export const UNKNOWN = 'KXNONE';

/** What can go wrong; a conversation has some of these. */
export const FAULTS = [
  'ack-omits',
  'ack-adds',
  'ack-late',
  'ack-lost',
  'ack-twice',
  'ack-after-books',
  'commands-shuffled',
  'command-refused',
  'command-dropped',
  'list-late',
  'snapshot-late',
  'snapshot-lost',
  'snapshot-unsent',
  'snapshot-wrong',
  'snapshot-crossed',
  'snapshot-unreadable',
  'delta-lost',
  'delta-garbled',
  'delta-twice',
  'delta-breach',
  'delta-too-fine',
  'garbage',
  'error-with-sid',
  'error-without-sid',
  'error-harmless',
  'unsubscribed',
  'silent-death',
  'market-dropped',
  'numbers-restart',
] as const;
export type FaultKind = (typeof FAULTS)[number];

class Subscription {
  seq = 0;
  readonly members = new Set<string>();
  /** The last number that was used for a frame that was lost, and the last that was read. */
  lostSeq = 0;
  readSeq = 0;
  readonly channel: string;
  readonly sid: number;

  constructor(channel: string, sid: number) {
    this.channel = channel;
    this.sid = sid;
  }
}

type Outgoing = {
  readonly text: string;
  readonly atMs: number;
  readonly numberOf: Subscription | null;
  readonly seq: number;
};

/** What one socket has. */
export class Connection {
  readonly subscriptions: Subscription[] = [];
  /** On the way to the client, in order. */
  readonly outgoing: Outgoing[] = [];
  readonly commands: WireCommand[] = [];
  readonly excused = new Set<string>();
  /** Its numbers have started again: which of them are lost is nobody's to know. */
  isMiscounted = false;
  nextSid = 1;

  of(channel: string): Subscription | undefined {
    return this.subscriptions.find((subscription) => subscription.channel === channel);
  }

  get books(): Subscription | undefined {
    return this.of('orderbook_delta');
  }
}

const NOTHING: Levels = new Map();

const GARBAGE = [
  '',
  '<html>',
  '{"type":"orderbook_del',
  '[]',
  'null',
  '{"msg":{}}',
  '{"type":"orderbook_delta","seq":3}',
];
const REFUSALS = [1, 5, 7, 8, 9, 11, 16, 18, 26, 27] as const;
const ENDINGS = [10, 17, 25] as const;

export class FaultyExchange {
  /** How likely each of the faults is whenever there is an occasion for it. */
  readonly faults = new Map<FaultKind, number>();
  connection: Connection | null = null;
  /** Answers nothing. */
  isDeaf = false;
  /** Takes nothing and sends nothing, and does not say so. */
  isHalfOpen = false;
  readonly #random: () => number;
  /** How often a book has changed. */
  changes = 0;
  readonly #books = new Map<string, Record<Side, Levels>>();
  readonly #later: { atMs: number; readonly act: () => void }[] = [];
  #nowMs = 0;
  #isBehind = false;

  constructor(random: () => number) {
    this.#random = random;
    for (const market of MARKETS) {
      this.#books.set(market, { yes: new Map(), no: new Map() });
      for (let i = 0; i < 3; i++) this.#change(market, this.#draw(market));
    }
  }

  accept(): Connection {
    this.connection = new Connection();
    this.isHalfOpen = false;
    this.#later.length = 0;
    return this.connection;
  }

  /** When it has something to do that it has put off, or `Infinity`. */
  get nextActMs(): number {
    let nextMs = Infinity;
    for (const { atMs } of this.#later) nextMs = Math.min(nextMs, atMs);
    return nextMs;
  }

  /** Answers what has come, and does what was put off. */
  work(nowMs: number): void {
    this.#nowMs = nowMs;
    for (let at = 0; at < this.#later.length;) {
      const { atMs, act } = this.#later[at]!;
      if (atMs > nowMs) at++;
      else {
        this.#later.splice(at, 1);
        act();
      }
    }
    const { connection } = this;
    if (this.isDeaf) this.#isBehind = true;
    if (!connection || this.isHalfOpen || this.isDeaf) return;
    const commands = connection.commands.splice(0);
    // Only what was sent together is taken in any order.
    if (commands.length > 1 && !this.#isBehind && this.#happens('commands-shuffled')) commands.reverse();
    this.#isBehind = false;
    for (const command of commands) this.#take(connection, command);
  }

  /** A level of a market changes, and whoever has subscribed is told. */
  move(): void {
    const market = this.#any(MARKETS);
    const change = this.#draw(market);
    this.#change(market, change);
    const books = this.connection?.books;
    if (!books?.members.has(market)) return;
    if (this.isHalfOpen) return;
    const { side, cents, contracts } = change;
    const text = (seq: number): string => {
      const price = this.#happens('delta-too-fine') ? `0.${pad(cents)}005` : `0.${pad(cents)}00`;
      const name = this.#happens('delta-garbled') ? 'price_usd' : 'price_dollars';
      const size = this.#happens('delta-breach') ? -1_000_000 : contracts;
      return `{"type":"orderbook_delta","sid":${books.sid},"seq":${seq},"msg":{"market_ticker":"${market}","market_id":"00000000-0000-4000-8000-000000000000","${name}":"${price}","delta_fp":"${size}.00","side":"${side}"}}`;
    };
    if (this.#happens('delta-lost')) return this.#skipNumber(books);
    const frame = text(books.seq + 1);
    this.#sendNumbered(books, () => frame);
    if (this.#happens('delta-twice'))
      this.connection!.outgoing.push({ text: frame, atMs: this.#nowMs, numberOf: null, seq: 0 });
  }

  /** Something happens by itself, if this conversation has it. */
  misbehave(): void {
    const { connection } = this;
    const books = connection?.books;
    if (!connection || this.isHalfOpen) return;
    const kind = this.#any([...this.faults.keys()]);
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others happen on their occasion
    switch (kind) {
      case 'garbage':
        // With a number of the books, or without.
        if (books && this.#random() < 0.5) this.#sendNumbered(books, () => this.#any(GARBAGE));
        else this.#send(this.#any(GARBAGE));
        return;
      case 'error-with-sid':
      case 'error-without-sid': {
        const ended = this.#any(connection.subscriptions);
        if (!ended) return;
        this.#end(ended);
        const sid = kind === 'error-with-sid' ? `"sid":${ended.sid},` : '';
        return this.#send(`{"type":"error",${sid}"msg":{"code":${this.#any(ENDINGS)},"msg":"over"}}`);
      }
      case 'error-harmless':
        return this.#send(`{"type":"error","msg":{"code":${this.#any([26, 27] as const)},"msg":"busy"}}`);
      case 'unsubscribed': {
        const ended = this.#any(connection.subscriptions);
        if (!ended) return;
        this.#sendNumbered(ended, (seq) => `{"type":"unsubscribed","id":9999,"sid":${ended.sid},"seq":${seq}}`);
        return this.#end(ended);
      }
      case 'silent-death': {
        const ended = this.#any(connection.subscriptions);
        if (!ended) return;
        for (const market of ended === books ? MARKETS : []) connection.excused.add(market);
        return this.#end(ended);
      }
      case 'market-dropped': {
        const market = books && this.#any([...books.members]);
        if (!market) return;
        books.members.delete(market);
        connection.excused.add(market);
        return;
      }
      case 'numbers-restart':
        if (books) books.seq = 0;
        connection.isMiscounted = true;
        return;
      case 'snapshot-unreadable':
      case 'snapshot-crossed':
      case 'snapshot-wrong': {
        const market = books && this.#any([...books.members]);
        if (market) this.#sendBook(connection, books, market, null);
        return;
      }
      default:
        return this.move();
    }
  }

  /** Contracts by cents. */
  levels(market: string, side: Side): ReadonlyMap<number, number> {
    return this.#books.get(market)?.[side] ?? NOTHING;
  }

  #happens(kind: FaultKind): boolean {
    const chance = this.faults.get(kind);
    return chance !== undefined && this.#random() < chance;
  }

  #any<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  #draw(market: string): { side: Side; cents: number; contracts: number } {
    const side = this.#random() < 0.5 ? 'yes' : 'no';
    // Neither side goes beyond 45 cents, so that the books never cross.
    const cents = 1 + Math.floor(this.#random() * 45);
    const resting = this.#books.get(market)![side].get(cents) ?? 0;
    return { side, cents, contracts: resting > 0 ? -resting : 1 + Math.floor(this.#random() * 9) };
  }

  #change(market: string, { side, cents, contracts }: { side: Side; cents: number; contracts: number }): void {
    this.changes++;
    const levels = this.#books.get(market)![side];
    const size = (levels.get(cents) ?? 0) + contracts;
    if (size === 0) levels.delete(cents);
    else levels.set(cents, size);
  }

  #send(text: string): void {
    this.connection!.outgoing.push({ text, atMs: this.#nowMs, numberOf: null, seq: 0 });
  }

  #sendNumbered(subscription: Subscription, spell: (seq: number) => string): void {
    const seq = ++subscription.seq;
    this.connection!.outgoing.push({ text: spell(seq), atMs: this.#nowMs, numberOf: subscription, seq });
  }

  #skipNumber(subscription: Subscription): void {
    subscription.lostSeq = ++subscription.seq;
  }

  #end(subscription: Subscription): void {
    const { subscriptions } = this.connection!;
    subscriptions.splice(subscriptions.indexOf(subscription), 1);
  }

  /** Later, if the connection is still there. */
  #putOff(act: () => void): void {
    const { connection } = this;
    const atMs = this.#nowMs + Math.floor(this.#random() * 25_000);
    this.#later.push({ atMs, act: () => void (this.connection === connection && !this.isHalfOpen && act()) });
  }

  #take(connection: Connection, command: WireCommand): void {
    if (this.#happens('command-dropped')) return;
    const { id } = command;
    if (command.cmd !== 'list_subscriptions' && this.#happens('command-refused')) {
      const isEnding = this.#random() < 0.2;
      if (isEnding) {
        const ended = this.#subjectOf(connection, command);
        if (ended) this.#end(ended);
      }
      const code = isEnding ? this.#any(ENDINGS) : this.#any(REFUSALS);
      // That there is no such subscription is only said where there is none.
      const isLie = code === 7 && this.#subjectOf(connection, command) !== undefined;
      return this.#send(`{"type":"error","id":${id},"msg":{"code":${isLie ? 1 : code},"msg":"no"}}`);
    }
    switch (command.cmd) {
      case 'list_subscriptions': {
        const list = connection.subscriptions.map(({ channel, sid }) => ({ channel, sid }));
        const answer = (): void => this.#send(JSON.stringify({ type: 'ok', id, msg: list }));
        if (this.#happens('list-late')) this.#putOff(answer);
        else answer();
        return;
      }
      case 'subscribe': {
        const [channel] = command.params.channels as readonly [string];
        const known = connection.of(channel);
        const subscription = known ?? new Subscription(channel, connection.nextSid++);
        if (!known) connection.subscriptions.push(subscription);
        const text = `{"type":"subscribed","id":${id},"msg":{"channel":"${channel}","sid":${subscription.sid}}}`;
        const markets = command.params.market_tickers ?? [];
        this.#join(connection, subscription, id, markets, known ? null : text);
        return;
      }
      case 'unsubscribe': {
        const subscription = this.#subjectOf(connection, command);
        if (!subscription) return this.#send(`{"type":"error","id":${id},"msg":{"code":7,"msg":"unknown sid"}}`);
        if (this.#happens('ack-lost')) this.#skipNumber(subscription);
        else
          this.#sendNumbered(
            subscription,
            (seq) => `{"type":"unsubscribed","id":${id},"sid":${subscription.sid},"seq":${seq}}`,
          );
        this.#end(subscription);
        return;
      }
      case 'update_subscription': {
        const subscription = this.#subjectOf(connection, command);
        if (!subscription) return this.#send(`{"type":"error","id":${id},"msg":{"code":7,"msg":"unknown sid"}}`);
        const { action, market_tickers: markets = [] } = command.params;
        if (action === 'add_markets') return this.#join(connection, subscription, id, markets, null);
        if (action === 'get_snapshot') return this.#sendBooks(connection, subscription, markets, id);
        for (const market of markets) subscription.members.delete(market);
        this.#acknowledge(subscription, id, null);
      }
    }
  }

  #subjectOf({ subscriptions }: Connection, command: WireCommand): Subscription | undefined {
    const params = ('params' in command ? command.params : {}) as {
      sid?: number;
      sids?: readonly number[];
      channels?: readonly string[];
    };
    return subscriptions.find(
      ({ sid, channel }) => sid === params.sid || params.sids?.includes(sid) || params.channels?.includes(channel),
    );
  }

  #join(
    connection: Connection,
    subscription: Subscription,
    id: number,
    markets: readonly string[],
    subscribed: string | null,
  ): void {
    for (const market of markets) subscription.members.add(market);
    const booksFirst = subscribed === null && this.#happens('ack-after-books');
    if (!booksFirst) this.#acknowledge(subscription, id, subscribed);
    this.#sendBooks(connection, subscription, markets, null);
    if (booksFirst) this.#acknowledge(subscription, id, null);
  }

  #acknowledge(subscription: Subscription, id: number, subscribed: string | null): void {
    const connection = this.connection!;
    const answer = (): void => {
      if (!connection.subscriptions.includes(subscription)) return;
      if (subscribed !== null) {
        this.#send(subscribed);
        if (this.#happens('ack-twice')) this.#send(subscribed);
        return;
      }
      if (this.#happens('ack-lost')) return this.#skipNumber(subscription);
      let members = [...subscription.members];
      if (this.#happens('ack-omits')) members = members.filter(() => this.#random() < 0.5);
      if (this.#happens('ack-adds')) members = [...new Set([...members, this.#any(MARKETS), 'KXFOREIGN'])];
      const spell = (seq: number): string =>
        JSON.stringify({ type: 'ok', id, sid: subscription.sid, seq, msg: { market_tickers: members } });
      this.#sendNumbered(subscription, spell);
      if (this.#happens('ack-twice')) this.#sendNumbered(subscription, spell);
    };
    if (this.#happens('ack-late')) this.#putOff(answer);
    else if (subscribed !== null && this.#happens('ack-lost')) return;
    else answer();
  }

  #sendBooks(connection: Connection, subscription: Subscription, markets: readonly string[], id: number | null): void {
    if (subscription.channel !== 'orderbook_delta') return;
    for (const market of markets) {
      const send = (): void => {
        const isMember = connection.subscriptions.includes(subscription) && subscription.members.has(market);
        if (isMember && this.#books.has(market)) this.#sendBook(connection, subscription, market, id);
      };
      if (this.#happens('snapshot-unsent')) continue;
      if (this.#happens('snapshot-late')) this.#putOff(send);
      else send();
    }
  }

  #sendBook(connection: Connection, subscription: Subscription, market: string, id: number | null): void {
    if (this.#happens('snapshot-lost')) return this.#skipNumber(subscription);
    const spelled = (side: Side): [string, string][] =>
      [...this.levels(market, side)]
        .toSorted(([a], [b]) => a - b)
        .map(([cents, contracts]) => [`0.${pad(cents)}00`, `${contracts}.00`]);
    let [yes, no] = [spelled('yes'), spelled('no')];
    if (this.#happens('snapshot-wrong')) {
      yes = [...yes, ['0.4600', '7.00']];
      connection.excused.add(market);
    } else if (this.#happens('snapshot-unreadable')) {
      yes = this.#any<[string, string][]>([
        [['0.0100', '0.001']],
        [
          ['0.0100', '1.00'],
          ['0.0100', '1.00'],
        ],
        [['0.01005', '1.00']],
      ]);
    } else if (this.#happens('snapshot-crossed')) {
      [yes, no] = [[['0.6000', '1.00']], [['0.4500', '1.00']]];
    } else connection.excused.delete(market);
    const msg = {
      market_ticker: market,
      ...(yes.length > 0 && { yes_dollars_fp: yes }),
      ...(no.length > 0 && { no_dollars_fp: no }),
    };
    this.#sendNumbered(subscription, (seq) =>
      JSON.stringify({
        type: 'orderbook_snapshot',
        ...(id !== null && { id }),
        sid: subscription.sid,
        seq,
        msg,
      }),
    );
  }
}

const pad = (cents: number): string => String(cents).padStart(2, '0');
