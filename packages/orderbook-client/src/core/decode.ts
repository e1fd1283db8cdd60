// One frame's text to a typed message. `unknown` comes in; a typed message, `unrecognized` or `violation` comes out.
// Nothing here throws, and nothing is guessed: a known message without its known fields is a violation, never an
// empty book.
import type { Level, Side } from './book.ts';
import { changeOf, exchangeTimeOf, levelsOf, priceOf } from './field-eras.ts';

/** `sid` and `seq` are `null` where the frame has none. */
type Numbers = { readonly sid: number | null; readonly seq: number | null };

export type SnapshotMessage = {
  readonly kind: 'snapshot';
  /** The command that it answers, where the exchange says so. */
  readonly commandId: number | null;
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
};

export type DeltaMessage = {
  readonly kind: 'delta';
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  readonly side: Side;
  readonly price: number;
  readonly delta: number;
  readonly exchangeAtMs: number | null;
};

/** An answer to a command, or an error that came by itself (`commandId: null`). */
export type ReplyMessage =
  | { readonly kind: 'subscribed'; readonly commandId: number; readonly channel: string; readonly sid: number }
  | (Numbers & { readonly kind: 'ok'; readonly commandId: number | null; readonly markets: readonly string[] | null })
  | (Numbers & { readonly kind: 'unsubscribed'; readonly commandId: number | null })
  | (Numbers & {
      readonly kind: 'error';
      readonly commandId: number | null;
      readonly code: number;
      readonly message: string;
    });

type UnrecognizedMessage = Numbers & { readonly kind: 'unrecognized'; readonly frameType: string };

/** A frame that is broken, or a known type that lacks what it must have. */
export type ViolationMessage = Numbers & {
  readonly kind: 'violation';
  readonly reason: string;
  readonly market: string | null;
};

export type Message = SnapshotMessage | DeltaMessage | ReplyMessage | UnrecognizedMessage | ViolationMessage;

type Fields = Readonly<Record<string, unknown>>;

/** Decodes one WebSocket text message. */
export function decodeFrame(text: string): Message {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return violation('not JSON', null, null, null);
  }
  if (!isFields(frame)) return violation('not a JSON object', null, null, null);
  const sid = positiveInteger(frame['sid']);
  const seq = positiveInteger(frame['seq']);
  const commandId = positiveInteger(frame['id']);
  const msg = frame['msg'];

  switch (frame['type']) {
    case 'orderbook_delta':
      return decodeDelta(sid, seq, msg);
    case 'orderbook_snapshot':
      return decodeSnapshot(sid, seq, commandId, msg);
    case 'subscribed': {
      // Only here the sid is inside `msg`.
      const subscribedSid = isFields(msg) ? positiveInteger(msg['sid']) : null;
      const channel = isFields(msg) ? msg['channel'] : undefined;
      if (commandId === null || subscribedSid === null || typeof channel !== 'string') {
        return violation('"subscribed" without id, channel or sid', sid, seq, null);
      }
      return { kind: 'subscribed', commandId, channel, sid: subscribedSid };
    }
    case 'ok':
      return {
        kind: 'ok',
        commandId,
        sid,
        seq,
        markets: tickers(isFields(msg) ? msg['market_tickers'] : frame['market_tickers']),
      };
    case 'unsubscribed':
      return { kind: 'unsubscribed', commandId, sid, seq };
    case 'error': {
      const code = isFields(msg) ? positiveInteger(msg['code']) : null;
      if (code === null) return violation('"error" without a code', sid, seq, null);
      const message = isFields(msg) && typeof msg['msg'] === 'string' ? msg['msg'] : '';
      return { kind: 'error', commandId, sid, seq, code, message };
    }
    default:
      return typeof frame['type'] === 'string'
        ? { kind: 'unrecognized', frameType: frame['type'], sid, seq }
        : violation('no "type"', sid, seq, null);
  }
}

function decodeDelta(sid: number | null, seq: number | null, msg: unknown): Message {
  if (!isFields(msg)) return violation('"orderbook_delta" without "msg"', sid, seq, null);
  const market = tickerOf(msg);
  const price = priceOf(msg);
  const delta = changeOf(msg);
  const side = msg['side'];
  if (sid === null || seq === null) return violation('"orderbook_delta" without sid or seq', sid, seq, market);
  if (market === null) return violation('"orderbook_delta" without "market_ticker"', sid, seq, null);
  if (price === undefined) return violation('"orderbook_delta" with no readable price', sid, seq, market);
  if (delta === undefined) return violation('"orderbook_delta" with no readable change', sid, seq, market);
  if (side !== 'yes' && side !== 'no') return violation('"orderbook_delta" with an unknown "side"', sid, seq, market);
  return { kind: 'delta', sid, seq, market, side, price, delta, exchangeAtMs: exchangeTimeOf(msg) };
}

function decodeSnapshot(sid: number | null, seq: number | null, commandId: number | null, msg: unknown): Message {
  if (!isFields(msg)) return violation('"orderbook_snapshot" without "msg"', sid, seq, null);
  const market = tickerOf(msg);
  if (sid === null || seq === null) return violation('"orderbook_snapshot" without sid or seq', sid, seq, market);
  if (market === null) return violation('"orderbook_snapshot" without "market_ticker"', sid, seq, null);
  const yes = levelsOf(msg, 'yes');
  const no = levelsOf(msg, 'no');
  if (typeof yes === 'string') return violation(`"orderbook_snapshot" with ${yes}`, sid, seq, market);
  if (typeof no === 'string') return violation(`"orderbook_snapshot" with ${no}`, sid, seq, market);
  return { kind: 'snapshot', commandId, sid, seq, market, yes, no };
}

const violation = (reason: string, sid: number | null, seq: number | null, market: string | null): Message => ({
  kind: 'violation',
  reason,
  sid,
  seq,
  market,
});

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const positiveInteger = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;

const tickerOf = (msg: Fields): string | null => {
  const ticker = msg['market_ticker'];
  return typeof ticker === 'string' && ticker !== '' ? ticker : null;
};

const tickers = (value: unknown): readonly string[] | null =>
  Array.isArray(value) && value.every((ticker): ticker is string => typeof ticker === 'string') ? value : null;
