// The vocabulary of what a session holds. Scales are the caller's: the store keeps integers and never rounds.

/** Identifies a recording session. Opaque: compare it, pass it back, take nothing out of it. */
export type SessionId = string;

/** `active` until it is closed; the other four say how it ended. */
export type SessionStatus = 'active' | 'closed' | 'health_failure' | 'reclaimed' | 'error';

/** `[price, size]`, both integers at the caller's scale. */
export type StoredLevel = readonly [price: number, size: number];

/** One change of one price level. */
export interface DeltaRecord {
  readonly kind: 'delta';
  /** Which life of the connection; a new one starts the numbering again. 32 bits. */
  readonly epoch: number;
  readonly sid: number;
  /** Rises within (epoch, sid) over deltas, snapshots, trades and facts together. */
  readonly seq: number;
  readonly market: string;
  readonly side: 'yes' | 'no';
  /** Integer, 32 bits. */
  readonly price: number;
  /** Change of size, a safe integer of either sign. */
  readonly delta: number;
  /** When the exchange says it happened, ms since the epoch; `null` where it did not say. May lie after `receivedAtMs`. */
  readonly exchangeAtMs: number | null;
  /**
   * The same to the microsecond: µs since the epoch, a safe integer of which `exchangeAtMs` is the whole ms. @default null: only ms are
   * known. A replay leaves it out then
   */
  readonly exchangeAtUs?: number | null;
  /** When it arrived here, ms since the epoch. */
  readonly receivedAtMs: number;
}

/** One trade, as it was announced. */
export interface TradeRecord {
  readonly kind: 'trade';
  readonly epoch: number;
  readonly sid: number;
  /** Rises within (epoch, sid) over trades, deltas, snapshots and facts together; `null` where the frame had none. */
  readonly seq: number | null;
  readonly market: string;
  /** The exchange's name for it, at most 500 characters. A UUID in lower case takes 16 bytes on disk, anything else its text. */
  readonly tradeId: string;
  /** Integer, 32 bits. */
  readonly yesPrice: number;
  /** A safe integer. */
  readonly size: number;
  /** Who took; `null` where it is not known. */
  readonly takerSide: 'yes' | 'no' | null;
  /** Agreed outside the book; `null` where it is not known. */
  readonly isBlockTrade: boolean | null;
  readonly exchangeAtMs: number | null;
  readonly receivedAtMs: number;
}

/** A whole book at one number of its subscription; empty sides are empty arrays. */
export interface SnapshotRecord {
  readonly kind: 'snapshot';
  readonly epoch: number;
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  readonly receivedAtMs: number;
  readonly yes: readonly StoredLevel[];
  readonly no: readonly StoredLevel[];
}

/** A frame kept as its text: acknowledgements, and whatever was not understood. */
export interface RawRecord {
  readonly kind: 'raw';
  readonly epoch: number;
  readonly sid: number | null;
  readonly seq: number | null;
  readonly receivedAtMs: number;
  readonly text: string;
}

/** A hole: numbers that never arrived, or a time in which nothing could. `null` where it is not known. */
export interface GapRecord {
  readonly kind: 'gap';
  readonly epoch: number;
  readonly sid: number | null;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly fromAtMs: number;
  readonly toAtMs: number | null;
  readonly cause: string;
  /**
   * The one market that misses something; its neighbours' books stay known. Numbers from `firstSeq` to `lastSeq` that are not
   * stored are named by it, as by any hole. @default null: any market of the subscription may
   */
  readonly market?: string | null;
}

/** Where and when a fact came from. A fact has no columns of its own: it is kept as JSON, and shown by a view. */
interface Fact {
  readonly epoch: number;
  /** `null`: it came by no subscription. */
  readonly sid: number | null;
  /** Rises within (epoch, sid), as a trade's; `null` where there was none. */
  readonly seq: number | null;
  /** `null` where it is of no market, or of many. */
  readonly market: string | null;
  readonly exchangeAtMs: number | null;
  readonly receivedAtMs: number;
}

/** What a market's life comes to. It is `closed` until its outcome is `determined`, and `settled` once that is paid. */
export type MarketStatus = 'unopened' | 'open' | 'paused' | 'closed' | 'determined' | 'settled';

/** Valid prices from `start` to `end` in steps of `step`: integers at the caller's scale. */
export type PriceRange = { readonly start: number; readonly end: number; readonly step: number };

/** What a market is, its prices and volume apart. `null` where it is not known. Times are ms since the epoch. */
export interface MarketDefinition {
  readonly eventTicker: string | null;
  readonly seriesTicker: string | null;
  readonly title: string | null;
  readonly subtitle: string | null;
  readonly yesSubtitle: string | null;
  readonly noSubtitle: string | null;
  readonly primaryRules: string | null;
  readonly secondaryRules: string | null;
  readonly openAtMs: number | null;
  readonly closeAtMs: number | null;
  readonly expectedExpirationAtMs: number | null;
  readonly canCloseEarly: boolean | null;
  /** Which of the strikes count, and how. */
  readonly strikeType: string | null;
  /** In the unit of what the market is about: neither money nor scaled. */
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
  readonly customStrike: Readonly<Record<string, unknown>> | null;
  /** The name of the price grid. */
  readonly priceLevelStructure: string | null;
  readonly priceRanges: readonly PriceRange[] | null;
  readonly feeType: string | null;
  readonly feeMultiplier: number | null;
  readonly status: MarketStatus | null;
  /** The exchange's own word for it. */
  readonly exchangeStatus: string | null;
  readonly result: string | null;
  /** What a YES contract pays, an integer of 32 bits. */
  readonly settlementValue: number | null;
  readonly settledAtMs: number | null;
}

/** A market's definition as it was known when it was asked for: when it is first seen, and when it has changed. */
export interface MarketRecord extends Fact, MarketDefinition {
  readonly kind: 'market';
  readonly market: string;
}

/** What is announced of a market, of an event, which is a group of markets, or of an event's fees. What it does not say is `null`. */
export interface LifecycleRecord extends Fact, Omit<MarketDefinition, 'status' | 'exchangeStatus'> {
  readonly kind: 'lifecycle';
  readonly sid: number;
  readonly about: 'market' | 'event' | 'event-fees';
  /**
   * The exchange's word, `null` where it is not about a market. `marketAt` knows what the other fields say, and the words `activated`,
   * `deactivated`, `determined` and `settled`.
   */
  readonly change: string | null;
  readonly exchangeIndex: number | null;
  /** Trading is paused. */
  readonly paused: boolean | null;
  readonly determinedAtMs: number | null;
  readonly name: string | null;
  /** How an event returns collateral. */
  readonly collateralReturn: string | null;
  readonly strikeAtMs: number | null;
  readonly strikePeriod: string | null;
}

/** A market's figures. Prices are integers of 32 bits, sizes safe integers, at the caller's scales. */
export interface TickerRecord extends Fact {
  readonly kind: 'ticker';
  readonly sid: number;
  readonly market: string;
  readonly marketId: string | null;
  readonly lastPrice: number | null;
  readonly yesBid: number | null;
  readonly yesAsk: number | null;
  readonly yesBidSize: number | null;
  readonly yesAskSize: number | null;
  readonly lastTradeSize: number | null;
  readonly volume: number;
  readonly openInterest: number;
  /** The exchange's own figure in whole dollars, like the next. */
  readonly volumeDollars: number | null;
  readonly openInterestDollars: number | null;
}

/** Whether the exchange trades, and when it does: when it is first asked, and when the answer has changed. */
export interface ExchangeRecord extends Fact {
  readonly kind: 'exchange';
  readonly exchangeActive: boolean | null;
  readonly tradingActive: boolean | null;
  readonly estimatedResumeAtMs: number | null;
  /** As the exchange sent it. */
  readonly schedule: Readonly<Record<string, unknown>> | null;
}

/** Reference data, and what is announced beside the books. */
export type FactRecord = MarketRecord | LifecycleRecord | TickerRecord | ExchangeRecord;

export type StoreRecord = DeltaRecord | SnapshotRecord | TradeRecord | RawRecord | FactRecord | GapRecord;

/** How many records of each kind. `messages` counts what came: snapshots, deltas, trades, raw and facts together, not gaps. */
export interface SessionCounters {
  readonly messages: number;
  readonly snapshots: number;
  readonly deltas: number;
  readonly trades: number;
  readonly raw: number;
  /** Definitions of markets, lifecycle events, tickers, and states of the exchange. */
  readonly facts: number;
  readonly gaps: number;
  /** Frames that were dropped because the queue was full, each in a range of the ledger; not in `messages`. */
  readonly shed: number;
}

/** One session as it is stored. Times are ms since the epoch; counters count what is committed. */
export interface SessionRow extends SessionCounters {
  readonly id: SessionId;
  readonly recorder: string;
  readonly status: SessionStatus;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly endReason: string | null;
  /** The session that this one takes over from. */
  readonly continues: SessionId | null;
  /** The latest `receivedAtMs` that is committed. */
  readonly lastRecordAtMs: number | null;
}
