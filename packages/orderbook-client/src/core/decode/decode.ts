// What a frame says. Its bytes come in; a message with exact numbers comes out, of one kind for each thing that the
// exchange says. A type that is not known is `unrecognized`; a broken frame is a `violation`, and so is a known message
// without a field that it must have: it never becomes an empty book or a price of zero. Nothing here throws. Deltas,
// nearly all frames there are, go through `delta-scanner.ts` first, and come here if it does not read them.
import type { Level, Side } from '../price/book-level.ts';
import { RAW_CHANNEL_OF_TYPE } from './raw-channels.ts';
import { CHANNEL_DECODERS, type ChannelMessage } from './channels.ts';
import { isFields, positiveInteger, type FrameNumbers } from './fields.ts';
import { decodeReply, type ReplyMessage } from './command-replies.ts';
import {
  changeOf,
  exchangeTimesOf,
  levelsOf,
  priceOf,
  unsupportedIn,
  type ExchangeTimes,
  type Fields,
} from './field-eras.ts';

export type { ChannelMessage } from './channels.ts';
export type { ReplyMessage } from './command-replies.ts';

export type SnapshotMessage = {
  readonly kind: 'snapshot';
  /** The command that it answers, where the exchange says so. */
  readonly commandId: number | null;
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  readonly marketId: string | null;
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
};

export type DeltaMessage = ExchangeTimes & {
  readonly kind: 'delta';
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  readonly side: Side;
  readonly price: number;
  readonly delta: number;
};

/** A frame of a type that this client does not know. */
type UnrecognizedMessage = FrameNumbers & { readonly kind: 'unrecognized'; readonly frameType: string };

/** A frame that is broken, or a known type that lacks what it must have. */
export type ViolationMessage = FrameNumbers & {
  readonly kind: 'violation';
  readonly reason: string;
  readonly market: string | null;
  /** What it would have been, if it is of a book. */
  readonly subject: 'delta' | 'snapshot' | null;
  /** The price or size that is well spelled and does not fit into today's scale, with its name; else `null`. */
  readonly unsupported: string | null;
};

export type Message =
  | SnapshotMessage
  | DeltaMessage
  | ChannelMessage
  | ReplyMessage
  | UnrecognizedMessage
  | ViolationMessage;

/** `ignoreBOM` keeps a byte order mark in the text. JSON does not allow it there, so the frame becomes a violation. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a frame as the exchange sent it. `null`: the bytes are not valid UTF-8. */
export function frameText(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** Decodes the text of one frame. */
export function decodeFrame(text: string): Message {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return violation('not JSON', sidOfBroken(text), null, null);
  }
  if (!isFields(frame)) return violation('not a JSON object', null, null, null);
  const sid = positiveInteger(frame['sid']);
  const seq = positiveInteger(frame['seq']);
  const type = frame['type'];
  if (type === 'orderbook_delta') return decodeDelta(sid, seq, frame['msg']);
  if (type === 'orderbook_snapshot') return decodeSnapshot(sid, seq, positiveInteger(frame['id']), frame['msg']);
  if (typeof type !== 'string') return violation('no "type"', sid, seq, null);
  const channel = RAW_CHANNEL_OF_TYPE.get(type);
  if (channel) return { kind: 'raw', channel, frameType: type, sid, seq };
  const message = decodeChannel(type, sid, seq, frame) ?? decodeReply(frame, { sid, seq });
  if (message === undefined) return { kind: 'unrecognized', frameType: type, sid, seq };
  return typeof message === 'string' ? violation(`"${type}" ${message}`, sid, seq, marketOf(frame['msg'])) : message;
}

/** Numbers start at 1; 0 is how the exchange writes "none" for command ids. */
const NO_NUMBER: readonly unknown[] = [undefined, null, 0];

/** @returns the message, or what is wrong with it; `undefined` if the type is none of a channel that is read */
function decodeChannel(
  type: string,
  sid: number | null,
  seq: number | null,
  frame: Fields,
): ChannelMessage | string | undefined {
  const decode = CHANNEL_DECODERS.get(type);
  if (!decode) return undefined;
  const msg = frame['msg'];
  if (!isFields(msg)) return 'without "msg"';
  if (sid === null) return 'without a readable "sid"';
  // A channel may have no numbers. A number that is there and cannot be read is a violation, not "none".
  if (seq === null && !NO_NUMBER.includes(frame['seq'])) return 'with an unreadable "seq"';
  return decode(sid, seq, msg);
}

function decodeDelta(sid: number | null, seq: number | null, msg: unknown): Message {
  if (!isFields(msg)) return violation('"orderbook_delta" without "msg"', sid, seq, null);
  const market = tickerOf(msg);
  const price = priceOf(msg);
  const delta = changeOf(msg);
  const side = msg['side'];
  if (sid === null || seq === null) return violation('"orderbook_delta" without sid or seq', sid, seq, market);
  if (market === null) return violation('"orderbook_delta" without "market_ticker"', sid, seq, null);
  if (price === undefined) return violation('"orderbook_delta" with no readable price', sid, seq, market, 'delta', msg);
  if (delta === undefined)
    return violation('"orderbook_delta" with no readable change', sid, seq, market, 'delta', msg);
  if (side !== 'yes' && side !== 'no')
    return violation('"orderbook_delta" with an unknown "side"', sid, seq, market, 'delta');
  return { kind: 'delta', sid, seq, market, side, price, delta, ...exchangeTimesOf(msg) };
}

function decodeSnapshot(sid: number | null, seq: number | null, commandId: number | null, msg: unknown): Message {
  if (!isFields(msg)) return violation('"orderbook_snapshot" without "msg"', sid, seq, null);
  const market = tickerOf(msg);
  if (sid === null || seq === null) return violation('"orderbook_snapshot" without sid or seq', sid, seq, market);
  if (market === null) return violation('"orderbook_snapshot" without "market_ticker"', sid, seq, null);
  const yes = levelsOf(msg, 'yes');
  const no = levelsOf(msg, 'no');
  if (typeof yes === 'string') return violation(`"orderbook_snapshot" with ${yes}`, sid, seq, market, 'snapshot', msg);
  if (typeof no === 'string') return violation(`"orderbook_snapshot" with ${no}`, sid, seq, market, 'snapshot', msg);
  const id = msg['market_id'];
  const marketId = typeof id === 'string' && id !== '' ? id : null;
  return { kind: 'snapshot', commandId, sid, seq, market, marketId, yes, no };
}

/** The sid of text that begins like a frame and is not whole; a frame of another channel is not the books' affair. */
function sidOfBroken(text: string): number | null {
  const [, digits] = /^\{"type":"[a-z_0-9]+","sid":(\d{1,15}),/.exec(text) ?? [];
  return digits === undefined ? null : positiveInteger(Number(digits));
}

const violation = (
  reason: string,
  sid: number | null,
  seq: number | null,
  market: string | null,
  subject: ViolationMessage['subject'] = null,
  msg?: Fields,
): ViolationMessage => ({
  kind: 'violation',
  reason,
  sid,
  seq,
  market,
  subject,
  unsupported: msg === undefined ? null : unsupportedIn(msg),
});

/** Orders name their market by another key. */
const marketOf = (msg: unknown): string | null =>
  isFields(msg) ? (tickerOf(msg) ?? tickerOf({ market_ticker: msg['ticker'] })) : null;

const tickerOf = (msg: Fields): string | null => {
  const ticker = msg['market_ticker'];
  return typeof ticker === 'string' && ticker !== '' ? ticker : null;
};
