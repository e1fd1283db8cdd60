/**
 * The wire types of Kalshi's WebSocket API: what is on the socket, field by field, and nothing that runs. The client's
 * decoder and the simulator's encoder are written apart and share only this page.
 *
 * Sources: Kalshi's AsyncAPI document of 2026-08-22 and recorded production traffic of August 2026; the package's
 * PROTOCOL.md names the evidence for each fact.
 */

/** The path that is signed for the handshake, and served. */
export const WEBSOCKET_PATH = '/trade-api/ws/v2';

/** Headers of the upgrade request. The timestamp is Unix time in milliseconds, as decimal text. */
export const AUTH_HEADERS = {
  key: 'KALSHI-ACCESS-KEY',
  timestamp: 'KALSHI-ACCESS-TIMESTAMP',
  signature: 'KALSHI-ACCESS-SIGNATURE',
} as const;

/** The exchange pings every 10 s with this body; the client echoes it in a pong. */
export const SERVER_PING = { body: 'heartbeat', intervalMs: 10_000 } as const;

/** `[price in dollars, size in contracts]`, both decimal text: `["0.4300", "92371.49"]`. */
export type WireLevel = readonly [price: string, size: string];

export type WireSide = 'yes' | 'no';

export type SubscribeCommand = {
  readonly id: number;
  readonly cmd: 'subscribe';
  readonly params: {
    readonly channels: readonly string[];
    /** One of these four at most; ids are for `ticker` only. */
    readonly market_ticker?: string;
    readonly market_tickers?: readonly string[];
    readonly market_id?: string;
    readonly market_ids?: readonly string[];
    /** Order books. `true`: no-side prices are given as YES prices. Always sent, because Kalshi will flip the default. */
    readonly use_yes_price?: boolean;
    /** `ticker`. `true`: a first value comes at once. */
    readonly send_initial_snapshot?: boolean;
    /** `true`: an `ok` lists no markets. This client needs the lists, and never sends it. */
    readonly skip_ticker_ack?: boolean;
    /** `communications`: from 1 to 100, and from 0 to `shard_factor - 1`. */
    readonly shard_factor?: number;
    readonly shard_key?: number;
    /** `communications`: only what concerns the account (`self`), or all. */
    readonly user_filter?: '' | 'self';
    /** `cfbenchmarks_value` and `cfbenchmarks_value_5hz`; `["all"]` names every one. */
    readonly index_ids?: readonly string[];
    /** `pyth_value`; `["all"]` names every one. */
    readonly underlying_tickers?: readonly string[];
  };
};

export type UnsubscribeCommand = {
  readonly id: number;
  readonly cmd: 'unsubscribe';
  readonly params: { readonly sids: readonly number[] };
};

export type UpdateSubscriptionCommand = {
  readonly id: number;
  readonly cmd: 'update_subscription';
  readonly params: {
    readonly sid?: number;
    /** Of length one; more is error 12. */
    readonly sids?: readonly number[];
    /** `get_snapshot` is for order books, and heeds `market_tickers` only. */
    readonly action: 'add_markets' | 'delete_markets' | 'get_snapshot';
    readonly market_ticker?: string;
    readonly market_tickers?: readonly string[];
    /** Ids are for `ticker` only. */
    readonly market_id?: string;
    readonly market_ids?: readonly string[];
    /** `ticker`. */
    readonly send_initial_snapshot?: boolean;
  };
};

/** The same command for the channels of values. This client names all of them when it subscribes, and sends none of these. */
export type UpdateValuesCommand = {
  readonly id: number;
  readonly cmd: 'update_subscription';
  readonly params: { readonly sid?: number; readonly sids?: readonly number[] } & (
    | {
        readonly action: 'subscribe_indices' | 'unsubscribe_indices' | 'indexlist';
        readonly index_ids?: readonly string[];
      }
    | {
        readonly action: 'subscribe_underlyings' | 'unsubscribe_underlyings' | 'underlying_list';
        readonly underlying_tickers?: readonly string[];
      }
  );
};

export type ListSubscriptionsCommand = { readonly id: number; readonly cmd: 'list_subscriptions' };

export type WireCommand = SubscribeCommand | UnsubscribeCommand | UpdateSubscriptionCommand | ListSubscriptionsCommand;

/** First answer for a channel of this connection. Carries no `seq`; the sid is inside `msg`. */
export type SubscribedFrame = {
  readonly type: 'subscribed';
  readonly id: number;
  readonly msg: { readonly channel: string; readonly sid: number };
};

/** Answer of a command on an existing sid. It uses up a sequence number. */
export type OkFrame = {
  readonly type: 'ok';
  readonly id: number;
  readonly sid: number;
  readonly seq: number;
  /** The full list of the sid's markets after the change, sorted. */
  readonly msg: {
    readonly market_tickers?: readonly string[];
    /** Of a `ticker` subscription that names markets by id. */
    readonly market_ids?: readonly string[];
  };
};

/** Answer of `list_subscriptions`: no sid, no `seq`. */
export type SubscriptionListFrame = {
  readonly type: 'ok';
  readonly id: number;
  readonly msg: readonly { readonly channel: string; readonly sid: number }[];
};

export type UnsubscribedFrame = {
  readonly type: 'unsubscribed';
  readonly id: number;
  readonly sid: number;
  readonly seq: number;
};

export type OrderbookSnapshotFrame = {
  readonly type: 'orderbook_snapshot';
  /** The command's id, on answers of `get_snapshot` since late 2026. */
  readonly id?: number;
  readonly sid: number;
  readonly seq: number;
  readonly msg: {
    readonly market_ticker: string;
    /** Empty of a ticker that does not exist (inferred). */
    readonly market_id: string;
    /** Ascending by price; absent, not `[]`, when the side is empty. */
    readonly yes_dollars_fp?: readonly WireLevel[];
    readonly no_dollars_fp?: readonly WireLevel[];
  };
};

export type OrderbookDeltaFrame = {
  readonly type: 'orderbook_delta';
  readonly sid: number;
  readonly seq: number;
  readonly msg: {
    readonly market_ticker: string;
    readonly market_id: string;
    readonly price_dollars: string;
    /** Signed change of the level, not its new size. */
    readonly delta_fp: string;
    readonly side: WireSide;
    /** RFC 3339, up to 6 fractional digits, trailing zeros dropped; deprecated by the exchange. */
    readonly ts?: string;
    readonly ts_ms?: number;
    /** Only on deltas that the receiving account caused, like the next one. */
    readonly client_order_id?: string;
    readonly subaccount?: number;
  };
};

export type ErrorFrame = {
  readonly type: 'error';
  /** Absent on errors that no command caused. */
  readonly id?: number;
  readonly sid?: number;
  readonly seq?: number;
  readonly msg: {
    readonly code: number;
    readonly msg: string;
    /** Not sent since September 2026, like the next one. */
    readonly market_ticker?: string;
    readonly market_tickers?: readonly string[];
  };
};

export type WireFrame =
  | SubscribedFrame
  | OkFrame
  | SubscriptionListFrame
  | UnsubscribedFrame
  | OrderbookSnapshotFrame
  | OrderbookDeltaFrame
  | ErrorFrame;

/** The exchange's error codes by name; the numbers are Kalshi's. */
export const WIRE_ERROR = {
  unableToProcess: 1,
  paramsRequired: 2,
  channelsRequired: 3,
  subscriptionIdsRequired: 4,
  unknownCommand: 5,
  alreadySubscribed: 6,
  unknownSubscription: 7,
  unknownChannel: 8,
  authenticationRequired: 9,
  channelError: 10,
  invalidParameter: 11,
  exactlyOneSubscriptionRequired: 12,
  unsupportedAction: 13,
  marketTickerRequired: 14,
  actionRequired: 15,
  marketNotFound: 16,
  internalError: 17,
  commandTimeout: 18,
  shardFactorTooSmall: 19,
  shardFactorRequired: 20,
  shardKeyOutOfRange: 21,
  shardFactorTooLarge: 22,
  matchIdsRequired: 23,
  indexIdsRequired: 24,
  bufferOverflow: 25,
  marketLimitExceeded: 26,
  tooManyRequests: 27,
  underlyingTickersRequired: 28,
} as const;

/** The channels whose frames are not typed on this page: requests for quotes, combinations, values of indices. */
export type WireRawChannel =
  | 'communications'
  | 'multivariate_market_lifecycle'
  | 'cfbenchmarks_value'
  | 'cfbenchmarks_value_5hz'
  | 'pyth_value';

/** Every channel of today. */
export type WireChannel =
  | 'orderbook_delta'
  | 'trade'
  | 'ticker'
  | 'market_lifecycle_v2'
  | 'fill'
  | 'user_orders'
  | 'market_positions'
  | 'order_group_updates'
  | WireRawChannel;

export type TradeFrame = {
  readonly type: 'trade';
  readonly sid: number;
  /** Seen in 2026; older documents have none. */
  readonly seq?: number;
  readonly msg: {
    readonly trade_id: string;
    readonly market_ticker: string;
    readonly yes_price_dollars: string;
    readonly no_price_dollars: string;
    readonly count_fp: string;
    /** Deprecated by the exchange. */
    readonly taker_side?: WireSide;
    readonly taker_outcome_side?: WireSide;
    /** `bid`: the taker bought YES and met NO bids. */
    readonly taker_book_side?: 'bid' | 'ask';
    readonly is_block_trade?: boolean;
    readonly ts: number;
    readonly ts_ms: number;
  };
};

/** Never numbered. */
export type TickerFrame = {
  readonly type: 'ticker';
  readonly sid: number;
  readonly msg: {
    readonly market_ticker: string;
    readonly market_id: string;
    /** Of the last trade. */
    readonly price_dollars: string;
    readonly yes_bid_dollars: string;
    readonly yes_ask_dollars: string;
    readonly volume_fp: string;
    readonly open_interest_fp: string;
    /** May be negative since September 2026, like the next one. */
    readonly dollar_volume: number;
    readonly dollar_open_interest: number;
    readonly yes_bid_size_fp: string;
    readonly yes_ask_size_fp: string;
    readonly last_trade_size_fp: string;
    readonly ts: number;
    readonly ts_ms: number;
    readonly time: string;
  };
};

/** Which fields are there depends on `event_type`. */
export type MarketLifecycleFrame = {
  readonly type: 'market_lifecycle_v2';
  readonly sid: number;
  readonly seq?: number;
  readonly msg: {
    readonly market_ticker: string;
    readonly event_type: string;
    readonly exchange_index?: number;
    readonly open_ts?: number;
    readonly close_ts?: number;
    readonly is_deactivated?: boolean;
    readonly result?: string;
    readonly determination_ts?: number;
    readonly settlement_value?: string;
    readonly settled_ts?: number;
    readonly price_level_structure?: string;
    readonly price_ranges?: readonly { readonly start: string; readonly end: string; readonly step: string }[];
    readonly additional_metadata?: Readonly<Record<string, unknown>>;
    /** These five only of `metadata_updated`; of `created` they are inside `additional_metadata`. */
    readonly strike_type?: string;
    readonly floor_strike?: number;
    readonly cap_strike?: number;
    readonly custom_strike?: Readonly<Record<string, unknown>>;
    readonly yes_sub_title?: string;
  };
};

/** A new event, on the channel `market_lifecycle_v2`. */
export type EventLifecycleFrame = {
  readonly type: 'event_lifecycle';
  readonly sid: number;
  readonly seq?: number;
  readonly msg: {
    readonly event_ticker: string;
    readonly exchange_index?: number;
    readonly title: string;
    readonly subtitle: string;
    /** `MECNET`, `DIRECNET`, or empty for none. */
    readonly collateral_return_type: string;
    readonly series_ticker: string;
    /** Seconds since the Unix epoch. */
    readonly strike_date?: number;
    readonly strike_period?: string;
  };
};

/** Fees of an event, on the channel `market_lifecycle_v2`; `null`: the override is gone. */
export type EventFeeUpdateFrame = {
  readonly type: 'event_fee_update';
  readonly sid: number;
  readonly seq?: number;
  readonly msg: {
    readonly event_ticker: string;
    readonly fee_type_override: string | null;
    readonly fee_multiplier_override: number | null;
  };
};

/** A fill of the account's own order. Never numbered. */
export type FillFrame = {
  readonly type: 'fill';
  readonly sid: number;
  readonly msg: {
    readonly trade_id: string;
    readonly order_id: string;
    readonly client_order_id?: string;
    readonly market_ticker: string;
    readonly exchange_index?: number;
    readonly is_taker: boolean;
    /** Deprecated by the exchange, like the next two. */
    readonly side?: WireSide;
    readonly action?: 'buy' | 'sell';
    readonly purchased_side?: WireSide;
    readonly outcome_side?: WireSide;
    readonly book_side?: 'bid' | 'ask';
    readonly yes_price_dollars: string;
    readonly count_fp: string;
    readonly fee_cost: string;
    /** After the fill; negative is NO. */
    readonly post_position_fp: string;
    /** Deprecated by the exchange. */
    readonly ts?: number;
    readonly ts_ms: number;
    readonly subaccount?: number;
  };
};

/** A change of the account's own order, on the channel `user_orders`. Never numbered. */
export type UserOrderFrame = {
  readonly type: 'user_order';
  readonly sid: number;
  readonly msg: {
    readonly order_id: string;
    readonly user_id: string;
    /** Not `market_ticker` here. */
    readonly ticker: string;
    readonly exchange_index?: number;
    readonly status: string;
    /** Deprecated by the exchange, like the next one. */
    readonly side?: WireSide;
    readonly is_yes?: boolean;
    readonly outcome_side?: WireSide;
    readonly book_side?: 'bid' | 'ask';
    readonly yes_price_dollars: string;
    readonly fill_count_fp: string;
    readonly remaining_count_fp: string;
    readonly initial_count_fp: string;
    readonly taker_fill_cost_dollars?: string;
    readonly maker_fill_cost_dollars?: string;
    readonly taker_fees_dollars?: string;
    readonly maker_fees_dollars?: string;
    readonly client_order_id: string;
    readonly order_group_id?: string;
    readonly self_trade_prevention_type?: string;
    /** RFC 3339; deprecated by the exchange, like the other two of its kind. */
    readonly created_time?: string;
    readonly created_ts_ms: number;
    readonly last_update_time?: string;
    readonly last_updated_ts_ms?: number;
    readonly expiration_time?: string;
    readonly expiration_ts_ms?: number;
    readonly last_update_reason?: string;
    readonly subaccount_number?: number;
  };
};

/** The account's position, on the channel `market_positions`. Never numbered. */
export type MarketPositionFrame = {
  readonly type: 'market_position';
  readonly sid: number;
  readonly msg: {
    readonly user_id: string;
    readonly market_ticker: string;
    /** Negative is NO. */
    readonly position_fp: string;
    readonly position_cost_dollars: string;
    readonly realized_pnl_dollars: string;
    readonly fees_paid_dollars: string;
    readonly position_fee_cost_dollars: string;
    readonly volume_fp: string;
    readonly subaccount?: number;
  };
};

export type OrderGroupFrame = {
  readonly type: 'order_group_updates';
  readonly sid: number;
  readonly seq: number;
  readonly msg: {
    readonly event_type: 'created' | 'triggered' | 'reset' | 'deleted' | 'limit_updated';
    readonly order_group_id: string;
    /** Of `created` and `limit_updated`. */
    readonly contracts_limit_fp?: string;
    readonly ts_ms: number;
  };
};

/** Of the channels that are not read: what `msg` has is theirs. */
export type RawFrame = {
  readonly type:
    | 'rfq_created'
    | 'rfq_deleted'
    | 'quote_created'
    | 'quote_accepted'
    | 'quote_executed'
    | 'multivariate_market_lifecycle'
    | 'cfbenchmarks_value'
    | 'cfbenchmarks_value_5hz'
    | 'pyth_value';
  readonly sid: number;
  /** Seen in 2026; older documents have none on `communications` and `multivariate_market_lifecycle`. */
  readonly seq?: number;
  readonly msg: Readonly<Record<string, unknown>>;
};
