// What the channels beside the order book say, as events: market data (trades, tickers, lifecycle) and the account's own
// fills, orders, positions and order groups. All numbers are exact integers of the scale that their comment or name
// says; ids are text; what a frame does not have is `null`.
import type { Side } from './core/price/book-level.ts';
import type { WireRawChannel } from './wire.ts';

/**
 * One of the known values, or any other text as it came: the exchange adds values without notice, and a new one must not
 * cost the message that carries it. Give each `switch` over one a `default`.
 */
export type OpenEnum<Known extends string> = Known | (string & {});

/** A trade, of anybody. */
export type Trade = {
  readonly tradeId: string;
  readonly market: string;
  /** 1/10,000 dollar. */
  readonly yesPrice: number;
  /** 1/10,000 dollar; always one dollar minus `yesPrice`. */
  readonly noPrice: number;
  /** 1/100 contract. */
  readonly size: number;
  /**
   * The outcome that the taker now stands for. `yes`: bought YES (or sold NO) and lifted NO bids, so the book loses
   * `size` at `noPrice` on its `no` side. `no`: hit YES bids at `yesPrice`.
   */
  readonly takerSide: OpenEnum<Side>;
  /** Agreed off the book, which it does not touch. `null` before mid-August 2026: the frame does not say. */
  readonly blockTrade: boolean | null;
  /** Of the match, ms since the Unix epoch; whole seconds in older recordings. */
  readonly exchangeAtMs: number;
};

/** A market's figures, sent when one of them changes. NO quotes are the complements of the YES quotes. */
export type Ticker = {
  readonly market: string;
  readonly marketId: string | null;
  /** Of the last trade, 1/10,000 dollar. `null`: never traded. */
  readonly lastPrice: number | null;
  /** Highest YES bid, 1/10,000 dollar. `null`: there is none, which the exchange writes as 0. */
  readonly yesBid: number | null;
  /** Lowest YES ask, 1/10,000 dollar. `null`: there is none, which the exchange writes as one dollar (or 0). */
  readonly yesAsk: number | null;
  /** Resting at `yesBid`, 1/100 contract. `null` before February 2026. */
  readonly yesBidSize: number | null;
  /** Resting at `yesAsk`, 1/100 contract. `null` before February 2026. */
  readonly yesAskSize: number | null;
  /** Of the last trade, 1/100 contract. `null` before February 2026. */
  readonly lastTradeSize: number | null;
  /** Traded in all, 1/100 contract. */
  readonly volume: number;
  /** 1/100 contract. */
  readonly openInterest: number;
  /** The exchange's own figure in whole dollars; it may be negative. In the examples seen it is half of `volume` in contracts. */
  readonly volumeDollars: number | null;
  /** The exchange's own figure in whole dollars; it may be negative. In the examples seen it is half of `openInterest` in contracts. */
  readonly openInterestDollars: number | null;
  /** Of the change, ms since the Unix epoch; whole seconds in older recordings. */
  readonly exchangeAtMs: number;
};

/**
 * `activated` and `deactivated`: trading paused and went on; on `activated` all resting orders are gone. A market that
 * opens at its open time, or closes at its close time, sends nothing. `fractional_trading_updated` was sent in the
 * spring of 2026 only.
 */
export type MarketLifecycleChange =
  | 'created'
  | 'activated'
  | 'deactivated'
  | 'close_date_updated'
  | 'determined'
  | 'settled'
  | 'price_level_structure_updated'
  | 'metadata_updated'
  | 'fractional_trading_updated';

/** A band of valid prices, all in 1/10,000 dollar: from `start` to `end` in steps of `step`. */
export type PriceRange = { readonly start: number; readonly end: number; readonly step: number };

/** What a market is about. An update has only what changed; everything else is `null`. */
export type MarketMetadata = {
  readonly name: string | null;
  readonly title: string | null;
  readonly yesSubtitle: string | null;
  readonly noSubtitle: string | null;
  readonly primaryRules: string | null;
  readonly secondaryRules: string | null;
  readonly canCloseEarly: boolean | null;
  readonly eventTicker: string | null;
  /** Ms since the Unix epoch. */
  readonly expectedExpirationAtMs: number | null;
  /** Which of the strikes count, and how: `greater`, `less`, `between`, `custom`, … */
  readonly strikeType: string | null;
  /** In the unit of whatever the market is about, as the exchange sent it: not money, so not scaled; may have a fraction. */
  readonly floorStrike: number | null;
  /** As `floorStrike`. */
  readonly capStrike: number | null;
  /** The exchange's own JSON, unread. */
  readonly customStrike: Readonly<Record<string, unknown>> | null;
};

/** A market was made, paused, moved, decided or paid out. Which fields are there depends on `change`; the rest is `null`. */
export type MarketLifecycle = {
  readonly market: string;
  readonly change: OpenEnum<MarketLifecycleChange>;
  /** The exchange's shard that the market lives on. Of `created`. */
  readonly exchangeIndex: number | null;
  /** Ms since the Unix epoch. Of `created`. */
  readonly openAtMs: number | null;
  /** Ms since the Unix epoch. Of `created`, and always of `close_date_updated`. */
  readonly closeAtMs: number | null;
  /** Trading is paused. Of `activated` and `deactivated`; says nothing of a market that is not open. */
  readonly paused: boolean | null;
  /** Always there when `determined`. */
  readonly result: OpenEnum<'yes' | 'no' | 'scalar'> | null;
  /** Ms since the Unix epoch. Of `determined`. */
  readonly determinedAtMs: number | null;
  /** What a YES contract pays, 1/10,000 dollar. Of `determined`; `null` in older recordings. */
  readonly settlementValue: number | null;
  /** Ms since the Unix epoch. Of `settled`. */
  readonly settledAtMs: number | null;
  /** The name of the price grid; new names appear, so read prices off `priceRanges`. */
  readonly priceLevelStructure: string | null;
  /** The valid prices. Of `created` and `price_level_structure_updated`; what rests off a coarser new grid stays. */
  readonly priceRanges: readonly PriceRange[] | null;
  /** Of `created` (all of it) and of `metadata_updated` (what changed). */
  readonly metadata: MarketMetadata | null;
};

/** An event, which is a group of markets, was made. */
export type EventLifecycle = {
  readonly eventTicker: string;
  readonly seriesTicker: string;
  readonly exchangeIndex: number | null;
  readonly title: string | null;
  readonly subtitle: string | null;
  /** How collateral is returned over the event's markets; `null`: not at all. */
  readonly collateralReturn: OpenEnum<'MECNET' | 'DIRECNET'> | null;
  /** Ms since the Unix epoch. */
  readonly strikeAtMs: number | null;
  readonly strikePeriod: string | null;
};

/** An event's fees were set apart from those of its series, or are no longer. */
export type EventFeeUpdate = {
  readonly eventTicker: string;
  /** `null`: the series' own again. */
  readonly feeType: OpenEnum<
    'quadratic' | 'quadratic_with_maker_fees' | 'quadratic_with_combo_maker_fees' | 'flat'
  > | null;
  /** A factor, not money: as the exchange sent it, and it may have a fraction. `null`: the series' own again. */
  readonly feeMultiplier: number | null;
};

/** A trade of the account's own order. */
export type Fill = {
  readonly tradeId: string;
  readonly orderId: string;
  /** `null`: the order was placed without one. */
  readonly clientOrderId: string | null;
  readonly market: string;
  /** The exchange's shard. `null` in older recordings. */
  readonly exchangeIndex: number | null;
  readonly isTaker: boolean;
  /** The outcome that the fill moved the account towards: `yes` for bought YES and sold NO, `no` for the other two. */
  readonly side: OpenEnum<Side>;
  /** 1/10,000 dollar, whatever `side` is; a NO contract cost one dollar minus this. */
  readonly yesPrice: number;
  /** 1/100 contract. */
  readonly size: number;
  /** Paid to the exchange for this fill, 1/1,000,000 dollar. */
  readonly feeMicrodollars: number | null;
  /** The account's position after the fill, 1/100 contract; negative: NO contracts. */
  readonly positionAfter: number;
  /** Of the match, ms since the Unix epoch; whole seconds in older recordings. */
  readonly exchangeAtMs: number;
  readonly subaccount: number | null;
};

/** Why an order changed. */
export type OrderUpdateReason =
  | 'Decrease'
  | 'Amend'
  | 'MarginCancel'
  | 'SelfTradeCancel'
  | 'ExpiryCancel'
  | 'CloseCancel'
  | 'HaltCancel'
  | 'Trade'
  | 'PostOnlyCrossCancel'
  | 'ReduceOnlyCancel';

/** The account's own order as it now is. */
export type UserOrder = {
  readonly orderId: string;
  readonly userId: string | null;
  /** `null`: placed without one. */
  readonly clientOrderId: string | null;
  readonly market: string;
  readonly exchangeIndex: number | null;
  /** `unknown` is a value of the exchange's own. */
  readonly status: OpenEnum<'resting' | 'canceled' | 'executed' | 'unknown'>;
  /** The outcome that the order is for: `yes` for buying YES and selling NO, `no` for the other two. */
  readonly side: OpenEnum<Side>;
  /** 1/10,000 dollar, whatever `side` is. */
  readonly yesPrice: number;
  /** 1/100 contract. */
  readonly filledSize: number;
  /** 1/100 contract. */
  readonly remainingSize: number;
  /** 1/100 contract. */
  readonly initialSize: number;
  /** What its fills as taker cost, 1/1,000,000 dollar. */
  readonly takerFillCostMicrodollars: number | null;
  /** What its fills as maker cost, 1/1,000,000 dollar. */
  readonly makerFillCostMicrodollars: number | null;
  /** 1/1,000,000 dollar. */
  readonly takerFeesMicrodollars: number | null;
  /** 1/1,000,000 dollar. */
  readonly makerFeesMicrodollars: number | null;
  readonly orderGroupId: string | null;
  /** Who gives way when the account meets itself. */
  readonly selfTradePrevention: OpenEnum<'taker_at_cross' | 'maker'> | null;
  /** Ms since the Unix epoch. */
  readonly createdAtMs: number;
  /** Ms since the Unix epoch. */
  readonly updatedAtMs: number | null;
  /** Ms since the Unix epoch; `null`: it does not expire by itself. */
  readonly expiresAtMs: number | null;
  readonly updateReason: OpenEnum<OrderUpdateReason> | null;
  readonly subaccount: number | null;
};

/** The account's position in a market as it now is. */
export type MarketPosition = {
  readonly userId: string | null;
  readonly market: string;
  /** 1/100 contract; negative: NO contracts. */
  readonly position: number;
  /** Cost basis of the position as it is, 1/1,000,000 dollar. */
  readonly costMicrodollars: number;
  /** 1/1,000,000 dollar; negative: a loss. */
  readonly realizedPnlMicrodollars: number;
  /** In all, 1/1,000,000 dollar. */
  readonly feesPaidMicrodollars: number;
  /** What the exchange calls the position's fee cost, 1/1,000,000 dollar. */
  readonly positionFeeCostMicrodollars: number;
  /** Traded by the account in all, 1/100 contract. */
  readonly volume: number;
  readonly subaccount: number | null;
};

/** An order group of the account: `triggered` has canceled its orders and takes no new ones until `reset`. */
export type OrderGroup = {
  readonly orderGroupId: string;
  readonly change: OpenEnum<'created' | 'triggered' | 'reset' | 'deleted' | 'limit_updated'>;
  /** Contracts that may match in 15 s, 1/100 contract. Always of `created` and `limit_updated`, else `null`. */
  readonly contractsLimit: number | null;
  /** Of the matching engine, ms since the Unix epoch. `null` in older recordings. */
  readonly exchangeAtMs: number | null;
};

type ChannelEventOf<Type extends string, Payload> = {
  readonly type: Type;
  /** Counts the client's opened sockets from 1. */
  readonly epoch: number;
  /** The exchange's subscription id. */
  readonly sid: number;
  /** The exchange's number on that sid. `null`: the channel has none (ticker, fill, order, position), or had none yet. */
  readonly seq: number | null;
  /** When this client read the frame, wall clock, ms since the Unix epoch. */
  readonly receivedAtMs: number;
  /** The frame as it came: it may say more than this version reads. */
  readonly text: string;
  /**
   * The exchange's names of fields that could not be read and are `null` here: of these `null` says nothing. Left out if
   * there are none. A field without which the event would say nothing costs the event: it is `unrecognized`.
   */
  readonly unreadable?: readonly string[];
} & Payload;

/** Channel `trade`. */
export type TradeEvent = ChannelEventOf<'trade', Trade>;
/** Channel `ticker`. */
export type TickerEvent = ChannelEventOf<'ticker', Ticker>;
/** Channel `market_lifecycle_v2`. */
export type MarketLifecycleEvent = ChannelEventOf<'market-lifecycle', MarketLifecycle>;
/** Channel `market_lifecycle_v2`, too. */
export type EventLifecycleEvent = ChannelEventOf<'event-lifecycle', EventLifecycle>;
/** Channel `market_lifecycle_v2`, too. */
export type EventFeeUpdateEvent = ChannelEventOf<'event-fee-update', EventFeeUpdate>;
/** Channel `fill`. */
export type FillEvent = ChannelEventOf<'fill', Fill>;
/** Channel `user_orders`. */
export type UserOrderEvent = ChannelEventOf<'user-order', UserOrder>;
/** Channel `market_positions`. */
export type MarketPositionEvent = ChannelEventOf<'market-position', MarketPosition>;
/** Channel `order_group_updates`. */
export type OrderGroupEvent = ChannelEventOf<'order-group', OrderGroup>;

/** Channels that are known by name and not read. The last two are gone since 2026: old recordings have them. */
export type RawChannel = WireRawChannel | 'ticker_v2' | 'multivariate';

/** A frame of a channel that is known by name and not read, as it came. */
export type RawEvent = {
  readonly type: 'raw';
  readonly channel: RawChannel;
  /** The frame's `type`. */
  readonly frameType: string;
  /** Counts the client's opened sockets from 1. */
  readonly epoch: number;
  /** `null` where the frame has none that can be read, like `seq`. */
  readonly sid: number | null;
  readonly seq: number | null;
  /** When this client read the frame, wall clock, ms since the Unix epoch. */
  readonly receivedAtMs: number;
  readonly text: string;
};

/** Whatever comes on a channel beside the order book. */
export type ChannelEvent =
  | TradeEvent
  | TickerEvent
  | MarketLifecycleEvent
  | EventLifecycleEvent
  | EventFeeUpdateEvent
  | FillEvent
  | UserOrderEvent
  | MarketPositionEvent
  | OrderGroupEvent
  | RawEvent;
