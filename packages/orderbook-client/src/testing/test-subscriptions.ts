// The subscriptions of one connection: which there are, what they number, and what the exchange answers to commands.
import {
  WIRE_ERROR,
  type SubscribeCommand,
  type UpdateSubscriptionCommand,
  type WireChannel,
  type WireCommand,
} from '../wire.ts';

/** By the type of a frame, which is not always the channel's name. */
const CHANNEL_OF = {
  orderbook_snapshot: 'orderbook_delta',
  orderbook_delta: 'orderbook_delta',
  trade: 'trade',
  ticker: 'ticker',
  market_lifecycle_v2: 'market_lifecycle_v2',
  event_lifecycle: 'market_lifecycle_v2',
  event_fee_update: 'market_lifecycle_v2',
  fill: 'fill',
  user_order: 'user_orders',
  market_position: 'market_positions',
  order_group_updates: 'order_group_updates',
  rfq_created: 'communications',
  rfq_deleted: 'communications',
  quote_created: 'communications',
  quote_accepted: 'communications',
  quote_executed: 'communications',
  multivariate_market_lifecycle: 'multivariate_market_lifecycle',
  cfbenchmarks_value: 'cfbenchmarks_value',
  cfbenchmarks_value_5hz: 'cfbenchmarks_value_5hz',
  pyth_value: 'pyth_value',
} as const satisfies Record<string, WireChannel>;

export type DataType = keyof typeof CHANNEL_OF;

const CHANNELS: ReadonlySet<string> = new Set(Object.values(CHANNEL_OF));
/** The data of these has no numbers; their acknowledgements have. */
const UNNUMBERED: ReadonlySet<string> = new Set(['ticker', 'fill', 'user_orders', 'market_positions']);

/** `markets: null`: all of them. */
type Subscription = { readonly sid: number; seq: number; markets: Set<string> | null };

export class TestSubscriptions {
  readonly #byChannel = new Map<string, Subscription>();
  readonly #send: (frame: object) => void;
  readonly #sendSnapshot: (market: string, commandId: number | undefined) => void;
  #lastSid = 0;

  constructor(send: (frame: object) => void, sendSnapshot: (market: string, commandId?: number) => void) {
    this.#send = send;
    this.#sendSnapshot = sendSnapshot;
  }

  /** Sends a frame of a channel if somebody is subscribed to it, and to its market where it has one. */
  tell(type: DataType, msg: object, market: string | undefined, commandId?: number): void {
    const channel = CHANNEL_OF[type];
    const subscription = this.#byChannel.get(channel);
    if (!subscription) return;
    // An answer to `get_snapshot` comes whether or not the market is subscribed to.
    const asked = commandId !== undefined;
    if (!asked && market !== undefined && subscription.markets && !subscription.markets.has(market)) return;
    const { sid } = subscription;
    const id = asked ? { id: commandId } : {};
    const seq = UNNUMBERED.has(channel) ? {} : { seq: ++subscription.seq };
    this.#send({ type, ...id, sid, ...seq, msg });
  }

  /** Loses numbers of the order-book subscription. */
  skip(count: number): void {
    const subscription = this.#byChannel.get('orderbook_delta');
    if (subscription) subscription.seq += count;
  }

  answer(command: WireCommand): void {
    switch (command.cmd) {
      case 'subscribe':
        for (const channel of command.params.channels) this.#subscribe(channel, command);
        return;
      case 'unsubscribe':
        for (const sid of command.params.sids) this.#unsubscribe(sid, command.id);
        return;
      case 'update_subscription':
        this.#update(command);
        return;
      case 'list_subscriptions': {
        const msg = [...this.#byChannel].map(([channel, { sid }]) => ({ channel, sid }));
        this.#send({ type: 'ok', id: command.id, msg });
      }
    }
  }

  #subscribe(channel: string, { id, params }: SubscribeCommand): void {
    const { market_ticker: one, market_tickers: many = one === undefined ? undefined : [one] } = params;
    if (!CHANNELS.has(channel)) return this.#error(id, 'unknownChannel');
    if (channel === 'orderbook_delta' && !many) return this.#error(id, 'marketTickerRequired');
    const known = this.#byChannel.get(channel);
    const added = (many ?? []).filter((market) => !known?.markets?.has(market));
    if (known) {
      known.markets = known.markets && many ? new Set([...known.markets, ...many]) : null;
      this.#acknowledge(known, id);
    } else {
      const sid = ++this.#lastSid;
      this.#byChannel.set(channel, { sid, seq: 0, markets: many ? new Set(many) : null });
      this.#send({ type: 'subscribed', id, msg: { channel, sid } });
    }
    if (channel === 'orderbook_delta') for (const market of added) this.#sendSnapshot(market, undefined);
  }

  #unsubscribe(sid: number, id: number): void {
    const [channel, subscription] = this.#find(sid) ?? [];
    if (channel === undefined || !subscription) return this.#error(id, 'unknownSubscription');
    this.#byChannel.delete(channel);
    this.#send({ id, sid, seq: subscription.seq + 1, type: 'unsubscribed' });
  }

  #update({ id, params: { sid, sids, action, market_tickers: markets = [] } }: UpdateSubscriptionCommand): void {
    const [channel, subscription] = this.#find(sid ?? sids?.[0]) ?? [];
    if (!subscription) return this.#error(id, 'unknownSubscription');
    const before = [...(subscription.markets ?? [])];
    switch (action) {
      case 'get_snapshot':
        if (channel !== 'orderbook_delta') return this.#error(id, 'unsupportedAction');
        for (const market of markets) this.#sendSnapshot(market, id);
        return;
      case 'add_markets':
        subscription.markets = new Set([...before, ...markets]);
        this.#acknowledge(subscription, id);
        if (channel !== 'orderbook_delta') return;
        for (const market of markets) if (!before.includes(market)) this.#sendSnapshot(market, undefined);
        return;
      case 'delete_markets':
        subscription.markets = new Set(before.filter((market) => !markets.includes(market)));
        this.#acknowledge(subscription, id);
    }
  }

  #acknowledge(subscription: Subscription, id: number): void {
    const { sid, markets } = subscription;
    const msg = { market_tickers: [...(markets ?? [])].toSorted() };
    this.#send({ type: 'ok', id, sid, seq: ++subscription.seq, msg });
  }

  #error(id: number, name: keyof typeof WIRE_ERROR): void {
    this.#send({ type: 'error', id, msg: { code: WIRE_ERROR[name], msg: `The test exchange says: ${name}.` } });
  }

  #find(sid: number | undefined): [channel: string, subscription: Subscription] | undefined {
    return [...this.#byChannel].find(([, subscription]) => subscription.sid === sid);
  }
}
