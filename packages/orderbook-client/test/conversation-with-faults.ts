// One conversation of the feed with an exchange that misbehaves, and a reader who knows the exchange's books and the wire,
// and never takes the client's word. After every event it holds:
//
// - what the client calls synced is the exchange's book, as soon as all that was sent has been read and nothing was lost
//   in a way that no client could know yet;
// - every wanted book that is not synced is awaited: the client has said something about it on the wire, or dials, within
//   a bounded time, again and again;
// - each of the feed's states has a timer that ends it.
//
// After the last fault everything is synced and right within a bounded time, and stays so.
import { seededRandom, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { step } from '../src/core/feed/feed.ts';
import { acceptFrame } from '../src/core/feed/frames.ts';
import { FeedState, isOpen, type FeedEffect, type FeedInput, type FeedTimer } from '../src/core/state/feed-state.ts';
import { PAUSE_LIMIT_MS } from '../src/core/upkeep/verification.ts';
import { OrderbookClientError } from '../src/index.ts';
import type { WireChannel, WireCommand } from '../src/wire.ts';
import { FaultyExchange, FAULTS, MARKETS, UNKNOWN } from './faulty-exchange.ts';

const ANSWER_TIMEOUT_MS = 10_000;
const MAX_BACKOFF_MS = 30_000;
/** What README.md promises for a question, and for a connection that has to be made first. */
const MOST_QUIET_MS = 1.5 * ANSWER_TIMEOUT_MS + MAX_BACKOFF_MS + 5_000;
/** Audits go round, one book after the other; deadlines that grew in the time of the faults are waited for. */
const HEALED_WITHIN_MS = 10 * 60_000;

type Fact = FeedInput extends infer Input ? (Input extends FeedInput ? Omit<Input, 'atMs'> : never) : never;

class ConversationWithFaults {
  readonly exchange: FaultyExchange;
  readonly state: FeedState;
  readonly random: () => number;
  readonly log: unknown[] = [];
  readonly #timers = new Map<FeedTimer, number>();
  /** When the client last said something about a market, or did something for all of them. */
  readonly #effortAtMs = new Map<string, number>();
  #nowMs = 0;
  #wallOffsetMs = 1_800_000_000_000;
  #paused = false;
  /** The socket that is open. */
  #socket = 0;
  #dialling = 0;
  #refuses = 0;
  #nextMoveMs = 0;
  #judged = -1;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.exchange = new FaultyExchange(this.random);
    const scopes = [[], [['trade', 'all']], [['trade', 'markets']]] as const;
    this.state = new FeedState({
      markets: MARKETS.slice(0, 1 + Math.floor(this.random() * MARKETS.length)),
      channels: new Map<WireChannel, 'markets' | 'all'>(this.any(scopes)),
      marketsPerCommand: this.random() < 0.5 ? 2 : 500,
      commandsPerSecond: this.random() < 0.3 ? 10 : 100,
      connectTimeoutMs: 10_000,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
      pingIntervalMs: 10_000,
      pongTimeoutMs: 10_000,
      auditIntervalMs: 10_000,
      stableAfterMs: 10_000,
      authRetryMs: 15_000,
      backoff: { baseMs: 500, maxMs: MAX_BACKOFF_MS },
      random: this.random,
      nextEpoch: () => this.state.epoch + 1,
    });
  }

  run(): void {
    this.#tell({ type: 'start-requested' });
    this.#pass(500);
    const kinds = 1 + Math.floor(this.random() * 5);
    for (let i = 0; i < kinds; i++) this.exchange.faults.set(this.any(FAULTS), this.random() < 0.2 ? 1 : this.random());
    const steps = 10 + Math.floor(this.random() * 20);
    for (let i = 0; i < steps; i++) this.#step();
    this.#heal();
  }

  any<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!;
  }

  #step(): void {
    const { exchange } = this;
    const what = Math.floor(this.random() * 24);
    if (what < 4) for (let i = 0; i < 3; i++) exchange.move();
    else if (what < 11) exchange.misbehave();
    else if (what === 11) this.#tell({ type: 'markets-added', markets: [this.any([...MARKETS, UNKNOWN])] });
    else if (what === 12) this.#tell({ type: 'markets-removed', markets: [this.any(MARKETS)] });
    else if (what === 13) this.#setPaused(!this.#paused);
    else if (what === 14) this.#wallOffsetMs += this.any([-3_600_000, 3_600_000]);
    else if (what === 15) this.#cut();
    else if (what === 16) exchange.isHalfOpen = exchange.connection !== null;
    else if (what === 17) exchange.isDeaf = !exchange.isDeaf;
    else if (what === 18) this.#refuses = Math.floor(this.random() * 3);
    else if (what === 19) this.#tell({ type: 'barrier-requested', requestId: this.#nowMs });
    else if (what === 20) {
      for (const market of MARKETS)
        this.#tell({ type: this.random() < 0.5 ? 'markets-added' : 'markets-removed', markets: [market] });
    }
    this.#pass(this.any([0, 0, 10, 300, 1000, 1000, 5000, 15_000, 40_000]));
  }

  /** No fault is left but what the past has done. */
  #heal(): void {
    const { exchange, state } = this;
    exchange.faults.clear();
    exchange.isDeaf = false;
    this.#refuses = 0;
    this.#setPaused(false);
    this.#tell({ type: 'markets-removed', markets: [UNKNOWN] });
    if (state.books.size === 0) this.#tell({ type: 'markets-added', markets: ['KXA'] });
    const endsAtMs = this.#nowMs + HEALED_WITHIN_MS;
    // Right for a minute on one connection: what is right by chance on a dead one does not count.
    for (let rightForMs = 0, epoch = 0; rightForMs < 60_000;) {
      if (this.#nowMs > endsAtMs) this.#fail(`not healed within ${HEALED_WITHIN_MS} ms`);
      this.#pass(2000);
      rightForMs = this.#isRight() && epoch === state.epoch ? rightForMs + 2000 : 0;
      epoch = state.epoch;
    }
    this.#tell({ type: 'close-requested' });
    if (this.#timers.size > 0) this.#fail(`after the close ${[...this.#timers.keys()].join(', ')} are armed`);
  }

  /** Every wanted book is synced, and level by level the exchange's. */
  #isRight(): boolean {
    for (const book of this.state.books.all()) if (!book.synced || !this.#isEqual(book.market)) return false;
    return true;
  }

  #isEqual(market: string): boolean {
    const book = this.state.books.get(market)!;
    for (const side of ['yes', 'no'] as const) {
      const levels = this.exchange.levels(market, side);
      if (book.depth(side) !== levels.size) return false;
      for (const [cents, contracts] of levels) if (book.sizeAt(side, cents * 100) !== contracts * 100) return false;
    }
    return true;
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#noteEffort([...MARKETS, UNKNOWN]);
    this.#tell({ type: paused ? 'reading-paused' : 'reading-resumed' });
  }

  #cut(): void {
    const socket = this.#socket;
    if (socket === 0) return;
    this.#socket = 0;
    this.exchange.connection = null;
    this.#tell({ type: 'socket-closed', socket, error: new OrderbookClientError('DISCONNECTED', 'cut') });
  }

  /** Lets time pass from one event to the next; the exchange trades once in a while. */
  #pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let turn = 0; ; turn++) {
      if (turn > 2000) this.#fail(`a timer runs in circles: ${JSON.stringify([...this.#timers])} at ${this.#nowMs}`);
      this.#settle();
      let atMs = Math.min(this.exchange.nextActMs, this.#nextMoveMs);
      let timer: FeedTimer | null = null;
      for (const [name, dueMs] of this.#timers) {
        if (dueMs > atMs) continue;
        atMs = dueMs;
        timer = name;
      }
      if (atMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, atMs);
      if (timer) {
        this.#timers.delete(timer);
        this.#tell({ type: 'timer-fired', timer });
      } else if (atMs === this.#nextMoveMs) {
        this.#nextMoveMs = this.#nowMs + 1500;
        this.exchange.move();
      }
    }
    this.#nowMs = endMs;
    this.#judge();
  }

  /** The exchange and the network do what there is to do now. */
  #settle(): void {
    for (let turn = 0; turn < 5000; turn++) {
      this.#dial();
      this.exchange.work(this.#nowMs);
      const { connection } = this.exchange;
      const frame = this.#paused || this.#socket === 0 ? undefined : connection?.outgoing.shift();
      if (!frame) return this.#judge();
      if (frame.numberOf) frame.numberOf.readSeq = frame.seq;
      this.#perform((effects) => acceptFrame(this.state, Buffer.from(frame.text), this.#wallMs(), effects));
      this.#judge();
    }
    this.#fail('the exchange and the client talk without an end');
  }

  #dial(): void {
    const socket = this.#dialling;
    if (socket === 0) return;
    this.#dialling = 0;
    if (this.#refuses > 0) {
      this.#refuses--;
      const code = this.any(['CONNECT_FAILED', 'RATE_LIMITED', 'AUTH_REJECTED'] as const);
      this.#tell({ type: 'socket-closed', socket, error: new OrderbookClientError(code, 'no') });
      return;
    }
    this.#socket = socket;
    this.exchange.accept();
    this.#tell({ type: 'socket-opened', socket });
  }

  #wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  #tell(fact: Fact): void {
    this.#perform((effects) => effects.push(...step(this.state, { ...fact, atMs: this.#wallMs() })));
    if (fact.type === 'markets-added') for (const market of fact.markets) this.#effortAtMs.set(market, this.#nowMs);
    this.#judge();
  }

  #perform(act: (effects: FeedEffect[]) => void): void {
    const effects: FeedEffect[] = [];
    this.state.monotonicMs = this.#nowMs;
    act(effects);
    for (const effect of effects) {
      // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest is for listeners
      switch (effect.type) {
        case 'open-socket':
          this.#dialling = effect.socket;
          this.#noteEffort([...MARKETS, UNKNOWN]);
          break;
        case 'drop-socket':
          this.#socket = 0;
          this.#dialling = 0;
          this.exchange.connection = null;
          break;
        case 'send-frame': {
          const command = JSON.parse(effect.text) as WireCommand;
          this.log.push([this.#nowMs, '>', effect.text]);
          if (this.exchange.connection && !this.exchange.isHalfOpen) this.exchange.connection.commands.push(command);
          const markets =
            'params' in command && 'market_tickers' in command.params ? command.params.market_tickers : undefined;
          this.#noteEffort(markets ?? [...MARKETS, UNKNOWN]);
          break;
        }
        case 'send-ping':
          if (this.exchange.connection && !this.exchange.isHalfOpen && !this.#paused)
            effects.push(...step(this.state, { type: 'pong-received', socket: effect.socket, atMs: this.#wallMs() }));
          break;
        case 'start-timer':
          this.#timers.set(effect.timer, this.#nowMs + effect.delayMs);
          break;
        case 'stop-timer':
          this.#timers.delete(effect.timer);
          break;
        case 'stale':
          for (const market of effect.markets) this.#effortAtMs.set(market, this.#nowMs);
          this.log.push([this.#nowMs, effect]);
          break;
        case 'problem':
          this.log.push([this.#nowMs, effect.error.code, effect.error.message]);
          break;
        default:
          this.log.push([this.#nowMs, effect]);
      }
    }
  }

  #noteEffort(markets: readonly string[]): void {
    for (const market of markets) this.#effortAtMs.set(market, this.#nowMs);
  }

  #judge(): void {
    // Comparing books is what costs: it is done when something could have changed.
    const { counters, books } = this.state;
    const version = (this.exchange.changes * 1e6 + counters.frames) * 10 + books.syncedCount;
    const isNews = version !== this.#judged;
    const forgotten = whatIsForgotten(this.state, this.#timers);
    if (forgotten) this.#fail(forgotten);
    const { connection, isHalfOpen } = this.exchange;
    const isRead = connection !== null && connection.outgoing.length === 0;
    if (isRead) this.#judged = version;
    const oldestMs = connection?.outgoing[0]?.atMs ?? Infinity;
    const isBehind = this.#nowMs - oldestMs > PAUSE_LIMIT_MS;
    for (const book of this.state.books.all()) {
      const { market } = book;
      if (!book.synced) {
        const quietMs = this.#nowMs - (this.#effortAtMs.get(market) ?? 0);
        if (!this.#paused && quietMs > MOST_QUIET_MS) this.#fail(`nothing was done about ${market} for ${quietMs} ms`);
        continue;
      }
      if (!isOpen(this.state)) this.#fail(`${market} is synced without a connection`);
      if (isBehind) this.#fail(`${market} is called synced, and what was sent long ago is not read`);
      if (!isRead || isHalfOpen || this.#paused || connection.isMiscounted || connection.excused.has(market)) continue;
      const { books } = connection;
      if (books && books.lostSeq > books.readSeq) continue;
      if (isNews && !this.#isEqual(market)) this.#fail(`${market} is called synced, and is not the exchange's`);
    }
  }

  #fail(what: string): never {
    const faults = [...this.exchange.faults].map(([kind, chance]) => `${kind} ${chance.toFixed(2)}`).join(', ');
    throw new Error(
      `${what}\nfaults: ${faults}\n${this.log
        .slice(-60)
        .map((line) => JSON.stringify(line))
        .join('\n')}`,
    );
  }
}

/** Looks inside: each state that is not the goal has somebody who ends it. */
function whatIsForgotten(state: FeedState, timers: ReadonlyMap<FeedTimer, number>): string | null {
  const { books, requests, check, sample, orderbook, doubt } = state;
  if (state.phase === 'waiting' && !timers.has('retry')) return 'waiting, and no timer retry';
  if (state.phase === 'connecting' && !timers.has('connect')) return 'connecting, and no timer connect';
  if (!isOpen(state)) return null;
  if (state.readingPaused) return timers.has('pause') || doubt !== null ? null : 'paused, and no timer pause';
  const isCollecting = timers.has('ask-again') || timers.has('membership');
  if (requests.size < books.missingCount && !isCollecting && !orderbook.ending)
    return `${books.missingCount} books are missing, ${requests.size} are asked for`;
  for (const [market] of requests)
    if (!books.has(market) || books.get(market)!.synced) return `${market} is asked for, why?`;
  const isUnderWay = [...state.subscriptions.values()].some(({ underWay }) => underWay);
  if ((requests.size > 0 || check || sample || isUnderWay) && !timers.has('answer'))
    return 'something is asked, and no timer answer';
  if (doubt !== null && !check) return 'books are doubted, and nothing is checked';
  if (books.suspendedCount > 0 && doubt === null && !sample && !timers.has('ask-again'))
    return 'books are suspended, and nothing is asked';
  if (state.repairStep >= 0 !== books.brokenCount > 0)
    return `repair step ${state.repairStep} with ${books.brokenCount} broken books`;
  return null;
}

/** @param count how many conversations, each from a seed of its own */
export function testConversations(count: number): void {
  test(`in ${count} conversations with an exchange that misbehaves, every book is synced and right, or awaited`, () => {
    const failures: string[] = [];
    for (let round = 0; round < count && failures.length === 0; round++) {
      const seed = testSeed() * 1_000_003 + round;
      try {
        new ConversationWithFaults(seed).run();
      } catch (error) {
        failures.push(`Conversation ${seed}: ${String(error)}`);
      }
    }
    expect(failures).toEqual([]);
  });
}
