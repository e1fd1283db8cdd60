// A frame on its way out, opened so that faults can be aimed at it and change it. The exchange writes compact JSON with
// safe integers and texts only, so parsing and writing it again gives the same bytes.

export type JsonObject = Record<string, unknown>;

export interface OutgoingFrame {
  readonly text: string;
  /** Faults change it in place and set {@link Draft.changed}. */
  readonly json: JsonObject;
  readonly msg: JsonObject;
  readonly type: string;
  /** Also that of a `subscribed`, which has it in `msg`. */
  readonly sid: number | undefined;
  readonly isAck: boolean;
  readonly isData: boolean;
  readonly channel: string | undefined;
  /** The markets that it is about. */
  readonly tickers: readonly string[];
}

const acks = ['subscribed', 'ok', 'unsubscribed'];

/** Types that are named otherwise than their channel. */
const channels: Readonly<Record<string, string>> = {
  orderbook_snapshot: 'orderbook_delta',
  user_order: 'user_orders',
  market_position: 'market_positions',
  event_lifecycle: 'market_lifecycle_v2',
  event_fee_update: 'market_lifecycle_v2',
};

export function openFrame(text: string): OutgoingFrame {
  const json = JSON.parse(text) as JsonObject;
  const type = String(json['type']);
  const msg = isObject(json['msg']) ? json['msg'] : {};
  const isAck = acks.includes(type);
  const isData = !isAck && type !== 'error';
  const sid = type === 'subscribed' ? msg['sid'] : json['sid'];
  return {
    text,
    json,
    msg,
    type,
    sid: typeof sid === 'number' ? sid : undefined,
    isAck,
    isData,
    channel: isData ? (channels[type] ?? type) : typeof msg['channel'] === 'string' ? msg['channel'] : undefined,
    tickers: [msg['market_ticker'], msg['ticker'], ...listOf(msg['market_tickers'])].filter(
      (ticker) => typeof ticker === 'string',
    ),
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
