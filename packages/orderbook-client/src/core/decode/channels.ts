// The messages of the channels beside the order book, by the type on their frames, which is not always the channel's
// name: `user_orders` sends `user_order`, `market_positions` sends `market_position`, and `market_lifecycle_v2` sends
// three types.
import type {
  EventFeeUpdate,
  EventLifecycle,
  Fill,
  MarketLifecycle,
  MarketPosition,
  OrderGroup,
  RawEvent,
  Ticker,
  Trade,
  UserOrder,
} from '../../channel-events.ts';
import { readFill, readMarketPosition, readOrderGroup, readUserOrder } from './account.ts';
import { readEventFeeUpdate, readEventLifecycle, readMarketLifecycle } from './lifecycle.ts';
import { readTicker, readTrade } from './market-data.ts';
import type { Fields } from './field-eras.ts';

/** `seq` is `null` where the channel, or the channel at its time, has no numbers. */
type Numbered<Kind extends string> = {
  readonly kind: Kind;
  readonly sid: number;
  readonly seq: number | null;
  /** The exchange's names of optional fields that could not be read and are `null`; left out if there are none. */
  readonly unreadable?: readonly string[];
};

/** A frame that is passed on as text. */
type RawMessage = { readonly kind: 'raw' } & Pick<RawEvent, 'channel' | 'frameType' | 'sid' | 'seq'>;

/** A payload with its place. The `kind` is the `type` of the event that it becomes. */
export type ChannelMessage =
  | (Numbered<'trade'> & Trade)
  | (Numbered<'ticker'> & Ticker)
  | (Numbered<'market-lifecycle'> & MarketLifecycle)
  | (Numbered<'event-lifecycle'> & EventLifecycle)
  | (Numbered<'event-fee-update'> & EventFeeUpdate)
  | (Numbered<'fill'> & Fill)
  | (Numbered<'user-order'> & UserOrder)
  | (Numbered<'market-position'> & MarketPosition)
  | (Numbered<'order-group'> & OrderGroup)
  | RawMessage;

/** @returns the message, or what is wrong with it */
export type ChannelDecoder = (sid: number, seq: number | null, msg: Fields) => ChannelMessage | string;

const decoder =
  <Kind extends string, Payload extends object>(
    kind: Kind,
    read: (msg: Fields, unreadable: string[]) => Payload | string,
  ) =>
  (sid: number, seq: number | null, msg: Fields): (Numbered<Kind> & Payload) | string => {
    const unreadable: string[] = [];
    const payload = read(msg, unreadable);
    if (typeof payload === 'string') return payload;
    return { kind, sid, seq, ...payload, ...(unreadable.length > 0 && { unreadable }) };
  };

/** By the `type` of the frame. A map, because a frame may say that its type is `constructor`. */
export const CHANNEL_DECODERS: ReadonlyMap<string, ChannelDecoder> = new Map<string, ChannelDecoder>([
  ['trade', decoder('trade', readTrade)],
  ['ticker', decoder('ticker', readTicker)],
  ['market_lifecycle_v2', decoder('market-lifecycle', readMarketLifecycle)],
  ['event_lifecycle', decoder('event-lifecycle', readEventLifecycle)],
  ['event_fee_update', decoder('event-fee-update', readEventFeeUpdate)],
  ['fill', decoder('fill', readFill)],
  ['user_order', decoder('user-order', readUserOrder)],
  ['market_position', decoder('market-position', readMarketPosition)],
  ['order_group_updates', decoder('order-group', readOrderGroup)],
]);
