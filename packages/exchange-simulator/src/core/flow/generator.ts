// Markets that live on their own. In go how many, how busy and a seed; out comes one thing after the other, each at a moment
// that the generator chose itself. It has no clock: whoever drives it calls `runNext` when `nextMicros` is due.
import { Accounts } from '../accounts/accounts.ts';
import { FeeSchedule } from '../accounts/fees.ts';
import { Agenda } from './agenda.ts';
import type { ExchangeState } from '../exchange-state.ts';
import type { PriceRange } from '../market/listing.ts';
import type { Market } from '../market/market.ts';
import { type LineWorld, MarketLine } from './market-line.ts';
import type { Publisher } from '../socket/publisher.ts';
import { seededRandom, shuffled } from '../seeded-random.ts';
import { Trading } from '../trading/trading.ts';
import { TradingFloor, type Venue } from '../trading/trading-floor.ts';

export interface GeneratorOptions {
  /** How many are open at a time. */
  readonly markets: number;
  /** Mean over all markets and a long time. */
  readonly deltasPerSecond: number;
  /** How long a market is open, in ms; `Infinity` for ever. */
  readonly marketLifetimeMs: number;
  /** Whether a market that closes is followed by another. */
  readonly rollMarkets: boolean;
  readonly seed: number;
  /** When it all begins, ms since the epoch. */
  readonly startMs: number;
  readonly publisher: Publisher;
  readonly state: ExchangeState;
  /** @default those of most series */
  readonly fees?: FeeSchedule;
  /** What every account has at the start, in 1/1,000,000 dollar. @default 0 */
  readonly startBalance?: number;
}

/**
 * Markets that live: some busy, most quiet. It has no clock: whoever drives it lets things happen one after the other,
 * each at a moment that it chose itself, so the same options give the same frames.
 */
export class Generator {
  /** By ticker; markets come and go. */
  readonly markets = new Map<string, Market>();
  readonly accounts: Accounts;
  /** What accounts can do. */
  readonly trading: Trading;
  readonly #agenda = new Agenda();
  readonly #lines: readonly MarketLine[];
  readonly #world: LineWorld;

  constructor(options: GeneratorOptions) {
    const { markets, deltasPerSecond, seed, startMs, publisher, state, ...life } = options;
    const random = seededRandom(seed);
    // Of its own, so that what an account does changes no more of the crowd's doings than it must.
    const ids = seededRandom(seed ^ 0x5eed);
    const { fees = new FeeSchedule(), startBalance = 0 } = options;
    const accounts = new Accounts({ hub: publisher.hub, fees, startBalance, random: ids });
    this.accounts = accounts;
    const floor = new TradingFloor({ publisher, accounts, random: ids });
    const venues = new Map<string, Venue>();
    this.trading = new Trading({ venues, floor, accounts, hub: publisher.hub, state });
    const world: LineWorld = {
      agenda: this.#agenda,
      markets: this.markets,
      venues,
      floor,
      accounts,
      publisher,
      state,
      random,
      lifetimeMs: life.marketLifetimeMs,
      rolls: life.rollMarkets,
    };
    this.#world = world;
    // A power law, as over real markets: of twenty, the busiest has two thirds of the deltas and most are silent.
    const shares = shuffled([...Array(markets).keys()], random).map((rank) => (rank + 1) ** -2);
    const whole = shares.reduce((sum, share) => sum + share);
    this.#lines = shares.map(
      (share, index) => new MarketLine(world, tickerOf(index), (deltasPerSecond * share) / whole),
    );
    for (const line of this.#lines) line.begin(startMs * 1000);
  }

  get openTickers(): readonly string[] {
    return this.#lines.flatMap(({ current }) => current?.ticker ?? []);
  }

  /** When the next thing happens, microseconds since the epoch. */
  get nextMicros(): number {
    return this.#agenda.nextMicros;
  }

  /** Lets it happen. */
  runNext(): void {
    this.#agenda.runNext();
  }

  /** @returns false when no market of this ticker is open */
  pauseMarket(ticker: string, atMicros: number): boolean {
    return this.#withLine(ticker, (line) => line.pause(atMicros));
  }

  /** @returns false when no market of this ticker is open */
  resumeMarket(ticker: string, atMicros: number): boolean {
    return this.#withLine(ticker, (line) => line.resume(atMicros));
  }

  /** @returns false when no market of this ticker is open */
  closeMarket(ticker: string, atMicros: number): boolean {
    return this.#withLine(ticker, (line) => line.closeEarly(atMicros, 0));
  }

  /** @returns false when no market of this ticker is open */
  changePriceStructure(ticker: string, label: string, ranges: readonly PriceRange[], atMicros: number): boolean {
    return this.#withLine(ticker, (line) => line.changePriceStructure(label, ranges, atMicros));
  }

  /** Of markets that open from now on. */
  setLifetime(lifetimeMs: number): void {
    this.#world.lifetimeMs = lifetimeMs;
  }

  /** Closes all that is open. For `gapMs` there is no open market; then, if markets roll, the next ones open. */
  rollMarkets(gapMs: number, atMicros: number): void {
    for (const line of this.#lines) line.closeEarly(atMicros, gapMs);
  }

  /** Closes all that is open; nothing opens until {@link openMarkets}. */
  closeMarkets(atMicros: number): void {
    for (const line of this.#lines) line.hold(atMicros);
  }

  /** Opens the next market of every line that was held. */
  openMarkets(atMicros: number): void {
    for (const line of this.#lines) line.release(atMicros);
  }

  #withLine(ticker: string, act: (line: MarketLine) => void): boolean {
    const line = this.#lines.find(({ current }) => current?.ticker === ticker);
    if (line) act(line);
    return line !== undefined;
  }
}

const tickerOf = (index: number): string => `KXSIM-${String(index + 1).padStart(5, '0')}`;
