// The faults that the exchange can have, as scripts and callers write them. `fault-rules.ts` holds the same as a table
// for checking; the compiler compares the two.

/** Milliseconds, or text with its unit: `1500`, `"250ms"`, `"10s"`, `"16m"`, `"1h"`. */
export type Duration = number | string;

type OneOrMore<T> = T | readonly T[];

/** Which of the connections. Without a field, all. */
export interface ConnectionAim {
  /** Handshakes in the order of their arrival, from 1; a refused one has a number, too. */
  readonly connection?: OneOrMore<number>;
  /** The API key id of the handshake. */
  readonly key?: OneOrMore<string>;
}

/** Which of the frames. Without a field, all; with several fields, those that fit each. */
export interface FrameAim extends ConnectionAim {
  readonly sid?: OneOrMore<number>;
  /** A ticker; a `*` at its end stands for anything. A frame about several markets fits when one of them does. */
  readonly market?: OneOrMore<string>;
  /** Data of the channel, and its `subscribed`. */
  readonly channel?: OneOrMore<string>;
  /** A frame's `type`, or `ack` (`subscribed`, `ok`, `unsubscribed`), or `data` (all but acks and errors). */
  readonly frame?: OneOrMore<string>;
}

/** When: counted from the moment that the fault was added; for the faults of the options, from the start. */
export interface Span {
  /** @default at once */
  readonly from?: Duration;
  /** @default for good */
  readonly until?: Duration;
}

/** How often. */
export interface Occasions extends Span {
  /** So many that fit are let pass first. @default 0 */
  readonly after?: number;
  /** So many are hit, then the fault is spent. @default no end */
  readonly count?: number;
  /** The share of those that fit that is hit, above 0, up to 1; seeded. @default 1 */
  readonly probability?: number;
  /** Of the fault's own randomness. @default from the exchange's seed and the fault's number */
  readonly seed?: number;
  /** Whether `after` and `count` count on the whole exchange or on each connection anew. @default 'exchange' */
  readonly per?: 'exchange' | 'connection';
}

interface OnFrames extends Occasions {
  readonly aim?: FrameAim;
}
interface OnConnections extends Occasions {
  readonly aim?: ConnectionAim;
}
interface WhileOn extends Span {
  readonly aim?: ConnectionAim;
}

/** What happens to frames on their way out. */
export type FrameFault =
  /** The frame is lost. `hidden`: the numbers close up, so that no hole shows it. */
  | (OnFrames & { readonly kind: 'drop'; readonly hidden?: boolean })
  /** The frame comes again, `copies` times (1), with the same number. */
  | (OnFrames & { readonly kind: 'duplicate'; readonly copies?: number })
  /** The frame comes late, `inOrder` (false) with everything behind it. */
  | (OnFrames & {
      readonly kind: 'delay';
      readonly by: Duration;
      readonly jitter?: Duration;
      readonly inOrder?: boolean;
    })
  /** The frame comes after the next `behind` (1) ones, or after `atMost` (1 s) when there are none. */
  | (OnFrames & { readonly kind: 'reorder'; readonly behind?: number; readonly atMost?: Duration })
  /** `bit-noise` flips `bits` (1) bits and leaves valid UTF-8; `invalid-utf8` overwrites a byte. */
  | (OnFrames & { readonly kind: 'corrupt'; readonly how: 'bit-noise' | 'invalid-utf8'; readonly bits?: number })
  /** Only the first part of the text comes, as a whole frame: `keep` (0.5) of it. */
  | (OnFrames & { readonly kind: 'truncate'; readonly keep?: number })
  /** The frame gets a field of `bytes` (1 MiB) more. */
  | (OnFrames & { readonly kind: 'giant'; readonly bytes?: number })
  /** The text comes in a binary frame. */
  | (OnFrames & { readonly kind: 'binary' })
  /** The numbers of the sid jump by `skip` (1), from this frame on; nothing is lost. */
  | (OnFrames & { readonly kind: 'seq-hole'; readonly skip?: number })
  /** The numbers of the sid go on from `to` (1), from this frame on. */
  | (OnFrames & { readonly kind: 'seq-reset'; readonly to?: number })
  /** An acknowledgement has another id, higher `by` (1000). */
  | (OnFrames & { readonly kind: 'ack-id'; readonly by?: number })
  /**
   * `omit` (1) markets are missing: in the `list` of an `ok`, or their `snapshots`, or the `markets` are forgotten
   * altogether, as if they had not been asked for.
   */
  | (OnFrames & {
      readonly kind: 'ack-partial';
      readonly what: 'list' | 'snapshots' | 'markets';
      readonly omit?: number;
    })
  /**
   * A snapshot has wrong sizes, lacks a side (`side`, else the larger), shows another market's book, or is followed by
   * one of a market that nobody asked for (`market`, else an invented one).
   */
  | (OnFrames & {
      readonly kind: 'wrong-snapshot';
      readonly how: 'levels' | 'side-missing' | 'other-market' | 'unasked-market';
      readonly side?: 'yes' | 'no';
      readonly market?: string;
    })
  /** A frame of an unknown `type` comes before it; `sequenced` (false): it takes a number of the sid. */
  | (OnFrames & { readonly kind: 'unknown-type'; readonly type?: string; readonly sequenced?: boolean })
  /** The frame and its `msg` have fields that nobody knows. */
  | (OnFrames & { readonly kind: 'unknown-field' })
  /**
   * Book frames as before March 2026: `integers` in cents alone, or with `dollars` beside them (from September 2025),
   * or with fixed-point texts, too (from January 2026).
   */
  | (OnFrames & { readonly kind: 'cents-era'; readonly era?: 'integers' | 'dollars' | 'fixed-point' })
  /** A ticker's dollar volume and dollar open interest are below zero, as they may be since September 2026. */
  | (OnFrames & { readonly kind: 'negative-figures' })
  /** After the frame the sid ends with error 10, 17 or 25. */
  | (OnFrames & { readonly kind: 'error'; readonly code: TerminalCode })
  /** In place of the frame the connection is cut without a close frame; `midFrame` (false): after half of the frame. */
  | (OnFrames & { readonly kind: 'cut'; readonly midFrame?: boolean })
  /** In place of the frame the connection is closed with a `code` (1011). */
  | (OnFrames & { readonly kind: 'close'; readonly code?: number; readonly reason?: string });

/** What a connection suffers while the fault is on. */
export type ConnectionFault =
  /** No frame comes, pings go on. Afterwards what was held back is lost (`lose`, the default) or comes (`deliver`). */
  | (WhileOn & { readonly kind: 'stall'; readonly afterwards?: 'lose' | 'deliver' })
  /** The exchange's pings fail to come. */
  | (OnConnections & { readonly kind: 'no-pings' })
  /** The client's pings are not answered. */
  | (OnConnections & { readonly kind: 'no-pongs' })
  /** The socket stays open, nothing comes in or goes out. When the fault ends, the connection is cut. */
  | (WhileOn & { readonly kind: 'half-open' })
  /** Commands, pings and pongs of the client are left unread. */
  | (WhileOn & { readonly kind: 'stop-reading' })
  /** Frames leave at so many bytes a second; what exceeds the buffer ends in error 25, as on a slow client. */
  | (WhileOn & { readonly kind: 'slow-link'; readonly bytesPerSecond: number })
  /** `use_yes_price` is true for subscriptions that do not say. */
  | (OnConnections & { readonly kind: 'flip-yes-price' })
  /** The exchange's clock is ahead `by` this much (negative: behind): `Date`, the handshake's check, `ts`, `ts_ms`. */
  | (WhileOn & { readonly kind: 'clock-skew'; readonly by: Duration });

export type RefusalStatus = 401 | 403 | 429 | 500 | 503;
export type RefusalCause = 'missing-headers' | 'unknown-key' | 'timestamp-expired' | 'bad-signature';

/** What happens to handshakes. */
export type HandshakeFault =
  /** An HTTP status in place of 101; `cause` says which 401 (`bad-signature`), `retryAfter` is in seconds. */
  | (OnConnections & {
      readonly kind: 'refuse';
      readonly status: RefusalStatus;
      readonly cause?: RefusalCause;
      readonly retryAfter?: number;
    })
  /** The TCP connection is accepted and the request never answered. */
  | (OnConnections & { readonly kind: 'never-upgrade' })
  /** The connection ends right after the 101: with a close `code`, or cut when there is none. */
  | (OnConnections & { readonly kind: 'accept-then-close'; readonly code?: number });

/** What the exchange as a whole suffers while the fault is on. */
export type ExchangeFault =
  /** The exchange says that it is in maintenance; nothing trades. */
  | (Span & { readonly kind: 'maintenance' })
  /** The exchange is open and nothing trades. */
  | (Span & { readonly kind: 'trading-pause' })
  /** Every market closes and none opens in its place until the fault ends. */
  | (Span & { readonly kind: 'no-open-markets' })
  /** The price grid of `market` (a ticker, `*` at its end allowed; all) is another one while the fault is on. */
  | (Span & { readonly kind: 'price-structure'; readonly structure: PriceStructure; readonly market?: string });

/** Errors after which nothing more comes on the sid. */
export type TerminalCode = 10 | 17 | 25;

type Step = 'whole' | 'half' | 'quint' | 'deci' | 'centi';
export type PriceStructure = 'linear_cent' | 'deci_cent' | 'tapered_deci_cent' | `center_${Step}_edge_${Step}_cent`;

/** One thing that goes wrong, where and when. */
export type Fault = FrameFault | ConnectionFault | HandshakeFault | ExchangeFault;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration in ms, or `undefined` when it is none. */
export function durationMs(duration: unknown): number | undefined {
  if (typeof duration === 'number') return Number.isNaN(duration) ? undefined : duration;
  if (duration === 'Infinity') return Infinity;
  const [, amount, unit] = (typeof duration === 'string' && /^(-?\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(duration)) || [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * (unitMs[unit] ?? 1);
}
