// An exchange for unit tests: its books, its connections, and the verbs by which a test makes things happen.
import type { Side } from '../core/price/book-level.ts';
import { formatPrice, formatSize, ONE_DOLLAR } from '../core/price/price.ts';
import { refusal } from '../core/feed/handshake-refusal.ts';
import type { OpenSocket } from '../io/socket.ts';
import { atLeast, objectWith } from '../option-checks.ts';
import type { WireCommand } from '../wire.ts';
import { ManualTime } from './manual-time.ts';
import { priceOf, sizeOf, TestBook } from './test-book.ts';
import { TestConnection } from './test-connection.ts';
import type { TestBookLevels, TestExchange, TestExchangeOptions, TestMessage, TestRefusal } from './test-exchange.ts';

/**
 * Makes an exchange for unit tests of what you build on the client: in memory, deterministic, on manual time. It needs
 * no test framework.
 *
 * @throws {TypeError | RangeError} for wrong options
 * @example
 * const exchange = createTestExchange();
 * exchange.book('KXTEST-A', { yes: [['0.40', '10']], no: [['0.55', '5']] });
 * const client = createOrderbookClient({ ...exchange.options, markets: ['KXTEST-A'] });
 * client.start();
 * await exchange.connected();
 * exchange.delta('KXTEST-A', 'yes', '0.41', '2');
 * client.book('KXTEST-A')?.bestBidPrice('yes'); // 4100
 */
export function createTestExchange(options: TestExchangeOptions = {}): TestExchange {
  const { seed = 1, startMs = 1_800_000_000_000 } = objectWith('createTestExchange', options, ['seed', 'startMs']);
  return new Exchange(new ManualTime(atLeast('startMs', 0, startMs), atLeast('seed', Number.MIN_SAFE_INTEGER, seed)));
}

class Exchange implements TestExchange {
  readonly options: TestExchange['options'];
  readonly commands: WireCommand[] = [];
  readonly #time: ManualTime;
  readonly #books = new Map<string, TestBook>();
  readonly #connections = new Set<TestConnection>();
  #refusal: { readonly httpStatus: number; readonly retryAfterMs?: number; left: number } | null = null;
  #holdsReplies = false;
  #holdsPongs = false;
  #trades = 0;

  constructor(time: ManualTime) {
    this.#time = time;
    this.options = {
      url: 'ws://exchange.test/trade-api/ws/v2',
      credentials: { keyId: 'test-key', sign: () => 'test-signature' },
      runtime: time,
      openSocket: this.#openSocket,
    };
  }

  get nowMs(): number {
    return this.#time.nowMs();
  }

  get connections(): number {
    return this.#connections.size;
  }

  get timers(): number {
    return this.#time.armedTimers;
  }

  advance(ms: number): Promise<void> {
    return this.#time.advance(ms);
  }

  async connected(): Promise<void> {
    await this.#time.advance(0);
    if (this.#connections.size > 0) return;
    const why = this.#refusal
      ? `handshakes are refused with HTTP ${this.#refusal.httpStatus}; accept() ends that`
      : 'call start(), or let its wait pass with advance()';
    throw new Error(`The client is not connected: ${why}.`);
  }

  book(market: string, levels: TestBookLevels): void {
    this.#books.set(market, new TestBook(market, levels));
  }

  snapshot(market: string): void {
    const msg = this.#bookOf(market).snapshot();
    for (const { subscriptions } of this.#connections) subscriptions.tell('orderbook_snapshot', msg, market);
  }

  delta(market: string, side: Side, price: string, change: string): void {
    const msg = this.#bookOf(market).change(side, price, change, this.nowMs);
    for (const { subscriptions } of this.#connections) subscriptions.tell('orderbook_delta', msg, market);
  }

  trade(market: string, takerSide: Side, yesPrice: string, size: string): void {
    const yes = priceOf(yesPrice);
    const traded = sizeOf(size);
    if (traded <= 0) throw new RangeError(`a trade has a size above 0, not ${size}`);
    const no = ONE_DOLLAR - yes;
    const makerSide = takerSide === 'yes' ? 'no' : 'yes';
    this.delta(market, makerSide, formatPrice(makerSide === 'no' ? no : yes), formatSize(-traded));
    const ts = Math.floor(this.nowMs / 1000);
    const msg = {
      trade_id: `test-trade-${++this.#trades}`,
      market_ticker: market,
      yes_price_dollars: formatPrice(yes),
      no_price_dollars: formatPrice(no),
      count_fp: formatSize(traded),
      taker_outcome_side: takerSide,
      taker_book_side: takerSide === 'yes' ? ('bid' as const) : ('ask' as const),
      is_block_trade: false,
      ts,
      ts_ms: this.nowMs,
    };
    this.publish({ type: 'trade', msg });
  }

  publish({ type, msg }: TestMessage): void {
    // Orders name their market by another key; what is about no market goes to everybody.
    const { market_ticker: market, ticker = market } = msg as { market_ticker?: string; ticker?: string };
    for (const { subscriptions } of this.#connections) subscriptions.tell(type, msg, ticker);
  }

  send(frame: object | string | Uint8Array): void {
    for (const connection of this.#connections) connection.send(frame);
  }

  gap(count = 1): void {
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`a gap has 1 number or more, not ${count}`);
    for (const { subscriptions } of this.#connections) subscriptions.skip(count);
  }

  disconnect(): void {
    for (const connection of this.#connections) connection.cut();
  }

  refuse(httpStatus: number, { retryAfterMs, times = Infinity }: TestRefusal = {}): void {
    if (!(httpStatus >= 300 && httpStatus <= 599)) throw new RangeError(`HTTP ${httpStatus} is no refusal`);
    if (!(times >= 1)) throw new RangeError(`a handshake is refused once or more, not ${times} times`);
    this.#refusal = { httpStatus, ...(retryAfterMs !== undefined && { retryAfterMs }), left: times };
  }

  accept(): void {
    this.#refusal = null;
  }

  holdReplies(): void {
    this.#holdsReplies = true;
  }

  sendReplies(): void {
    this.#holdsReplies = false;
    for (const connection of this.#connections) connection.sendReplies();
  }

  holdPongs(): void {
    this.#holdsPongs = true;
  }

  sendPongs(): void {
    this.#holdsPongs = false;
  }

  readonly #openSocket: OpenSocket = (_url, _headers, listener) => {
    const connection = new TestConnection(
      {
        time: this.#time,
        bookOf: (market) => this.#bookOf(market),
        onCommand: (command) => void this.commands.push(command),
        holdsReplies: () => this.#holdsReplies,
        holdsPongs: () => this.#holdsPongs,
        onEnd: (ended) => void this.#connections.delete(ended),
      },
      listener,
    );
    // The client has no socket to speak to before this function has returned.
    queueMicrotask(() => this.#shakeHands(connection));
    return connection.socket;
  };

  #shakeHands(connection: TestConnection): void {
    if (!connection.open) return;
    const refused = this.#refusal;
    if (refused && --refused.left < 1) this.#refusal = null;
    if (refused) {
      const { httpStatus, retryAfterMs } = refused;
      connection.refuse(refusal(httpStatus, retryAfterMs === undefined ? {} : { retryAfterMs }));
    } else {
      this.#connections.add(connection);
      connection.accept();
    }
  }

  #bookOf(market: string): TestBook {
    let book = this.#books.get(market);
    if (!book) this.#books.set(market, (book = new TestBook(market)));
    return book;
  }
}
