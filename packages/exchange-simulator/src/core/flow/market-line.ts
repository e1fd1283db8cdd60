// A line of markets of one series: one is open, and when it closes the next one opens. Times after the close are like
// those of recorded markets. Opening and closing tell nothing on the lifecycle channel, as on the real exchange.
import type { Accounts } from '../accounts/accounts.ts';
import type { Agenda } from './agenda.ts';
import { type ExchangeState, isTrading } from '../exchange-state.ts';
import { DOLLAR } from '../market/fixed-point.ts';
import { FlowRhythm } from './flow-rhythm.ts';
import { newListing, type PriceRange } from '../market/listing.ts';
import { Market } from '../market/market.ts';
import { OrderFlow, openingLevels } from './order-flow.ts';
import type { Publisher } from '../socket/publisher.ts';
import { seededUuid } from '../seeded-random.ts';
import { LATEST_MS } from '../timestamp.ts';
import { type TradingFloor, Venue } from '../trading/trading-floor.ts';

/** What all lines of an exchange share. */
export interface LineWorld {
  readonly agenda: Agenda;
  readonly markets: Map<string, Market>;
  readonly venues: Map<string, Venue>;
  readonly floor: TradingFloor;
  readonly accounts: Accounts;
  readonly publisher: Publisher;
  readonly state: ExchangeState;
  readonly random: () => number;
  /** From a market's opening to its close; `Infinity` for one that stays. */
  lifetimeMs: number;
  /** Whether another market follows. */
  readonly rolls: boolean;
}

const SECOND = 1_000_000;
/** How long before its opening a market is created, at most; with short lives a quarter of one. */
const LEAD_MS = 60_000;
/** Markets that are over stay listed until this many of the line are younger. */
const MOST_SETTLED = 2;
/** A market without an end closes, as far as anybody is told, in ten years. */
const ENDLESS_MS = 315_360_000_000;

export class MarketLine {
  readonly #world: LineWorld;
  readonly #name: string;
  readonly #changesPerSecond: number;
  readonly #settled: Market[] = [];
  #generation = 0;
  #current: Market | undefined;
  #next: Market | undefined;
  #held = false;

  /** @param name the ticker of its first market; those that follow add a number */
  constructor(world: LineWorld, name: string, changesPerSecond: number) {
    this.#world = world;
    this.#name = name;
    this.#changesPerSecond = changesPerSecond;
  }

  /** The market that is open or paused. */
  get current(): Market | undefined {
    return this.#current;
  }

  /** The first market, open and with a book. */
  begin(atMicros: number): Market {
    const market = this.#createMarket(atMicros);
    market.listing.status = 'active';
    market.book.replace(openingLevels(this.#world.random));
    this.#startTrading(market, atMicros);
    return market;
  }

  /** Nothing trades until {@link resume}; what rests stays. */
  pause(atMicros: number): void {
    const market = this.#current;
    if (market?.listing.status !== 'active') return;
    market.listing.status = 'inactive';
    this.#world.publisher.publishLifecycle('deactivated', market, atMicros);
  }

  /** Whatever rested is cancelled. */
  resume(atMicros: number): void {
    const market = this.#current;
    if (market?.listing.status !== 'inactive') return;
    market.listing.status = 'active';
    this.#world.publisher.publishLifecycle('activated', market, atMicros);
    const venue = this.#world.venues.get(market.ticker);
    if (venue) this.#world.floor.cancelAll(venue, atMicros, 'HaltCancel');
  }

  /**
   * Closes the open market ahead of its time.
   *
   * @param nextAfterMs when the next one opens, if the line goes on; until then the line has no open market. `Infinity`:
   *   never, and none is announced
   */
  closeEarly(atMicros: number, nextAfterMs: number): void {
    const market = this.#current;
    if (!market) return;
    market.listing.closeAtMs = Math.floor(atMicros / 1000);
    this.#world.publisher.publishLifecycle('close_date_updated', market, atMicros);
    const nextMicros = atMicros + nextAfterMs * 1000;
    if (this.#world.rolls && nextMicros < Infinity) this.#prepareNext(atMicros, nextMicros);
    this.#closeMarket(market, atMicros);
  }

  /** Closes the open market, and nothing opens until {@link release}. */
  hold(atMicros: number): void {
    this.#held = true;
    this.closeEarly(atMicros, LEAD_MS);
  }

  /** Opens the next market, whether the line rolls or not. */
  release(atMicros: number): void {
    if (!this.#held) return;
    this.#held = false;
    if (!this.#current) this.#openMarket(this.#next ?? this.#createMarket(atMicros), atMicros);
  }

  changePriceStructure(label: string, ranges: readonly PriceRange[], atMicros: number): void {
    const market = this.#current;
    if (!market) return;
    market.listing.priceLevelStructure = label;
    market.listing.priceRanges = ranges;
    this.#world.publisher.publishLifecycle('price_level_structure_updated', market, atMicros);
  }

  #createMarket(openMicros: number): Market {
    const { random, lifetimeMs, markets, venues } = this.#world;
    const number = ++this.#generation;
    const ticker = number === 1 ? this.#name : `${this.#name}-${number}`;
    const marketId = seededUuid(random);
    const openAtMs = Math.floor(Math.min(openMicros / 1000, LATEST_MS));
    const closeAtMs = closeAtMsOf(openAtMs, lifetimeMs);
    const title = `Simulated market ${ticker}`;
    const listing = newListing({ ticker, marketId, title, openAtMs, closeAtMs, status: 'initialized' });
    const market = new Market(ticker, marketId, listing);
    markets.set(ticker, market);
    venues.set(ticker, new Venue(market));
    return market;
  }

  #startTrading(market: Market, atMicros: number): void {
    const { agenda, lifetimeMs, rolls } = this.#world;
    this.#current = market;
    this.#startFlow(market, atMicros);
    const closeMicros = atMicros + lifetimeMs * 1000;
    const leadMicros = Math.min(LEAD_MS, lifetimeMs / 4) * 1000;
    if (rolls)
      agenda.schedule(closeMicros - leadMicros, (now) => {
        if (this.#current === market) this.#prepareNext(now, closeMicros);
      });
    agenda.schedule(closeMicros, (now) => {
      if (this.#current === market) this.#closeMarket(market, now);
    });
  }

  #startFlow(market: Market, atMicros: number): void {
    const { agenda, floor, random, state, venues } = this.#world;
    const venue = venues.get(market.ticker) as Venue;
    const flow = new OrderFlow({ venue, floor, random });
    const rhythm = new FlowRhythm(this.#changesPerSecond, random);
    const { listing } = market;
    let next = rhythm.after(1);
    const act = (now: number): void => {
      if (this.#current !== market) return;
      const trades = listing.status === 'active' && isTrading(state);
      next = rhythm.after(trades ? flow.placeNext(rhythm.episode, next.begins, now) : 1);
      agenda.schedule(now + next.gapMicros, act);
    };
    agenda.schedule(atMicros + next.gapMicros, act);
  }

  #prepareNext(nowMicros: number, openMicros: number): void {
    if (!this.#next) {
      this.#next = this.#createMarket(openMicros);
      this.#next.listing.createdAtMs = Math.floor(nowMicros / 1000);
      this.#world.publisher.publishLifecycle('created', this.#next, nowMicros);
    }
    const market = this.#next;
    this.#world.agenda.schedule(openMicros, (now) => {
      // It may have been opened before, when the market before it closed early.
      if (this.#next === market && !this.#held) this.#openMarket(market, now);
    });
  }

  /** The crowd is there from the first moment; its orders come one by one. */
  #openMarket(market: Market, atMicros: number): void {
    this.#next = undefined;
    market.listing.status = 'active';
    market.listing.openAtMs = Math.floor(atMicros / 1000);
    market.listing.closeAtMs = closeAtMsOf(market.listing.openAtMs, this.#world.lifetimeMs);
    const levels = openingLevels(this.#world.random);
    const venue = this.#world.venues.get(market.ticker) as Venue;
    for (const side of ['yes', 'no'] as const) {
      for (const [price, size] of levels[side]) this.#world.floor.place(venue, { side, price, size }, atMicros);
    }
    this.#startTrading(market, atMicros);
  }

  /**
   * Some deltas that remove, then one or two empty snapshots, while the book that a client has folded still has levels.
   */
  #closeMarket(market: Market, atMicros: number): void {
    const { agenda, accounts, floor, publisher, random, venues } = this.#world;
    this.#current = undefined;
    market.listing.status = 'closed';
    const venue = venues.get(market.ticker) as Venue;
    const mid = (venue.engine.best('yes') + DOLLAR - venue.engine.best('no')) / 2;
    for (const side of ['yes', 'no'] as const) {
      const order = venue.engine.levels(side)[0]?.orders[0];
      if (order) floor.reduce(venue, order, order.remaining, atMicros + 56);
    }
    for (const { account } of venue.engine.clear()) accounts.orderCanceled(market, account, atMicros, 'CloseCancel');

    const firstMicros = atMicros + (0.16 + random()) * SECOND;
    agenda.schedule(firstMicros, (now) => publisher.publishEmptied(market, now));
    if (random() < 0.6) {
      agenda.schedule(firstMicros + (0.2 + 3 * random()) * SECOND, (now) => publisher.publishEmptied(market, now));
    }
    const determinedMicros = atMicros + (4 + 2 * random()) * SECOND;
    const isYes = random() * DOLLAR < mid;
    agenda.schedule(determinedMicros, (now) => this.#determine(market, isYes, now));
    agenda.schedule(determinedMicros + (1 + 4 * random()) * SECOND, (now) => this.#settleMarket(market, now));
  }

  #determine(market: Market, isYes: boolean, atMicros: number): void {
    const { listing } = market;
    listing.status = 'determined';
    listing.result = isYes ? 'yes' : 'no';
    listing.settlementValue = isYes ? DOLLAR : 0;
    listing.determinedAtMs = Math.floor(atMicros / 1000);
    this.#world.publisher.publishLifecycle('determined', market, atMicros);
  }

  #settleMarket(market: Market, atMicros: number): void {
    const { accounts, publisher, markets, venues } = this.#world;
    market.listing.status = 'finalized';
    market.listing.settledAtMs = Math.floor(atMicros / 1000);
    publisher.publishLifecycle('settled', market, atMicros);
    accounts.settlePositions(market, market.listing.settlementValue ?? 0);
    venues.delete(market.ticker);
    this.#settled.push(market);
    const oldest = this.#settled.length > MOST_SETTLED ? this.#settled.shift() : undefined;
    if (!oldest) return;
    markets.delete(oldest.ticker);
    publisher.forgetMarket(oldest);
    oldest.delist();
  }
}

const closeAtMsOf = (openAtMs: number, lifetimeMs: number): number =>
  Math.floor(Math.min(openAtMs + (lifetimeMs === Infinity ? ENDLESS_MS : lifetimeMs), LATEST_MS));
