// One line of a tape. Two forms are read: `{"recv_ms": 1786405577252, "event": {…the frame…}}`, where an `epoch` may say which
// connection it came on, and the frame alone.
// Deltas as the exchange writes them are matched whole by one expression, which is several times faster than
// `JSON.parse` and keeps the text of `msg` as it is; everything else goes through `JSON.parse`.
import type { BookLevels, Level, Side } from '../market/book.ts';
import { DOLLAR, parseFixed, PRICE_DECIMALS, SIZE_DECIMALS } from '../market/fixed-point.ts';
import type { PublicTrade } from '../market/listing.ts';

type TapeDelta = {
  readonly kind: 'delta';
  /** Milliseconds since the epoch: when it was received, else the exchange's `ts_ms`; absent when the line has neither. */
  readonly atMs: number | undefined;
  readonly ticker: string;
  readonly marketId: string;
  readonly side: Side;
  readonly price: number;
  readonly change: number;
  /** The frame's text after `sid` and `seq`, closing brace included. */
  readonly tail: string;
};

type TapeSnapshot = {
  readonly kind: 'snapshot';
  readonly atMs: number | undefined;
  readonly ticker: string;
  readonly marketId: string;
  readonly levels: BookLevels;
  readonly tail: string;
};

type TapeTrade = {
  readonly kind: 'trade';
  readonly atMs: number | undefined;
  readonly ticker: string;
  readonly trade: PublicTrade;
  readonly tail: string;
};

/** Numbers that a recording has missed: they are missing for the subscribers of the channel, too. */
type TapeHole = {
  readonly kind: 'hole';
  readonly atMs: number | undefined;
  readonly channel: string;
  readonly missing: number;
};

/** A recording has lost its connection: everybody's is ended. */
type TapeCut = { readonly kind: 'cut'; readonly atMs: number | undefined };

/** A frame that is not played: control frames (the exchange makes its own) and other channels. */
type TapeOther = { readonly kind: 'other'; readonly atMs: number | undefined; readonly type: string };

/** A line of a tape that is no frame. */
export interface BadLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly expected: string;
}

export type TapeInvalid = { readonly kind: 'invalid'; readonly expected: string };

export type TapeFrame = TapeDelta | TapeSnapshot | TapeTrade | TapeHole | TapeCut | TapeOther;

// No quote, backslash or control character inside, so a match is valid JSON and equal to its own value.
const text = String.raw`"([^"\\\x00-\x1f]+)"`;
const deltaLine = new RegExp(
  String.raw`^(?:\{"recv_ms":(\d{1,15}),(?:"epoch":\d{1,15},)?"event":)?\{"type":"orderbook_delta","sid":\d+,"seq":\d+,` +
    String.raw`("msg":\{"market_ticker":${text},"market_id":${text},"price_dollars":${text},"delta_fp":${text},` +
    String.raw`"side":"(yes|no)"(?:,"ts":"[^"\\\x00-\x1f]*")?(?:,"ts_ms":(\d{1,15}))?\}\})(\}?)$`,
);

export function parseTapeLine(line: string): TapeFrame | TapeInvalid {
  const match = deltaLine.exec(line);
  if (!match) return parseAnyLine(line);
  const [, received, tail = '', ticker = '', marketId = '', priceText = '', changeText = '', side, tsMs, end] = match;
  if ((received !== undefined) !== (end === '}')) return invalid('a JSON object');
  const price = parsePrice(priceText);
  const change = parseFixed(changeText, SIZE_DECIMALS);
  if (price === undefined) return invalid(expectedPrice);
  if (change === undefined) return invalid(expectedChange);
  const atText = received ?? tsMs;
  const atMs = atText === undefined ? undefined : Number(atText);
  return { kind: 'delta', atMs, ticker, marketId, side: side as Side, price, change, tail };
}

type Fields = Readonly<Record<string, unknown>>;

const expectedPrice = 'msg.price_dollars as decimal text between "0.0001" and "0.9999"';
const expectedChange = 'msg.delta_fp as decimal text with at most 2 digits after the point';

function parseAnyLine(line: string): TapeFrame | TapeInvalid {
  const parsed = parseJson(line);
  if (!isFields(parsed)) return invalid('a JSON object');
  if (!('event' in parsed)) return parseFrame(parsed, timeOf(parsed));
  const { recv_ms: receivedMs, event } = parsed as { recv_ms?: unknown; event: unknown };
  if (!Number.isFinite(receivedMs)) return invalid('recv_ms as a number beside event');
  if (!isFields(event)) return invalid('event to be a frame');
  return parseFrame(event, receivedMs as number);
}

function parseFrame(frame: Fields, atMs: number | undefined): TapeFrame | TapeInvalid {
  const { type, msg } = frame as { type?: unknown; msg?: unknown };
  if (typeof type !== 'string') return invalid('{"recv_ms", "event"} or a frame with a type');
  if (type === 'recording_gap') return parseHole(msg, atMs) ?? { kind: 'other', atMs, type };
  if (!isPlayed(type)) return { kind: 'other', atMs, type };
  if (!isFields(msg)) return invalid('msg to be an object');
  const { market_ticker: ticker, market_id: marketId } = msg as { market_ticker?: unknown; market_id?: unknown };
  if (typeof ticker !== 'string' || ticker === '') return invalid('msg.market_ticker as text');
  if (type === 'trade') return parseTrade(msg, ticker, atMs, tailOf(frame));
  if (typeof marketId !== 'string') return invalid('msg.market_id as text');
  const named = { atMs, ticker, marketId, tail: tailOf(frame) };
  return type === 'orderbook_delta' ? parseDelta(msg, named) : parseSnapshot(msg, named);
}

const isPlayed = (type: string): boolean =>
  type === 'orderbook_delta' || type === 'orderbook_snapshot' || type === 'trade';

/** Every subscription of a lost connection has its hole; that of the books stands for all. */
function parseHole(msg: unknown, atMs: number | undefined): TapeHole | TapeCut | undefined {
  const { channel, first_seq: first, last_seq: last, cause } = isFields(msg) ? (msg as GapFields) : {};
  if (cause === 'disconnected' && last === null) {
    return channel === 'orderbook_delta' ? { kind: 'cut', atMs } : undefined;
  }
  if (typeof channel !== 'string' || !Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return undefined;
  const missing = (last as number) - (first as number) + 1;
  return missing > 0 ? { kind: 'hole', atMs, channel, missing } : undefined;
}

type GapFields = {
  readonly channel?: unknown;
  readonly first_seq?: unknown;
  readonly last_seq?: unknown;
  readonly cause?: unknown;
};

/** A trade of another shape, as of the cents era, is let be: it changes no book. */
function parseTrade(msg: Fields, ticker: string, atMs: number | undefined, tail: string): TapeTrade | TapeOther {
  const yesPrice = parsePrice(msg['yes_price_dollars']);
  const size = typeof msg['count_fp'] === 'string' ? parseFixed(msg['count_fp'], SIZE_DECIMALS) : undefined;
  const takerOutcome = msg['taker_outcome_side'] ?? msg['taker_side'];
  if (yesPrice === undefined || size === undefined || size <= 0 || (takerOutcome !== 'yes' && takerOutcome !== 'no')) {
    return { kind: 'other', atMs, type: 'trade' };
  }
  const trade: PublicTrade = {
    tradeId: typeof msg['trade_id'] === 'string' ? msg['trade_id'] : '',
    ticker,
    yesPrice,
    size,
    takerOutcome,
    isBlockTrade: msg['is_block_trade'] === true,
    atMicros: (Number.isFinite(msg['ts_ms']) ? (msg['ts_ms'] as number) : (atMs ?? 0)) * 1000,
  };
  return { kind: 'trade', atMs, ticker, trade, tail };
}

type Named = { atMs: number | undefined; ticker: string; marketId: string; tail: string };

function parseDelta(msg: Fields, named: Named): TapeDelta | TapeInvalid {
  const price = parsePrice(msg['price_dollars']);
  if (price === undefined) return invalid(expectedPrice);
  const change = typeof msg['delta_fp'] === 'string' ? parseFixed(msg['delta_fp'], SIZE_DECIMALS) : undefined;
  if (change === undefined) return invalid(expectedChange);
  const side = msg['side'];
  if (side !== 'yes' && side !== 'no') return invalid('msg.side to be "yes" or "no"');
  return { kind: 'delta', ...named, side, price, change };
}

function parseSnapshot(msg: Fields, named: Named): TapeSnapshot | TapeInvalid {
  const yes = parseLevels(msg['yes_dollars_fp']);
  const no = parseLevels(msg['no_dollars_fp']);
  if (!yes || !no)
    return invalid('msg.yes_dollars_fp and msg.no_dollars_fp as lists of ["0.4300", "12.50"], or absent');
  return { kind: 'snapshot', ...named, levels: { yes, no } };
}

function parseLevels(value: unknown): Level[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const levels: Level[] = [];
  for (const level of value as unknown[]) {
    if (!Array.isArray(level) || level.length !== 2) return undefined;
    const [priceText, sizeText] = level as unknown[];
    const price = parsePrice(priceText);
    const size = typeof sizeText === 'string' ? parseFixed(sizeText, SIZE_DECIMALS) : undefined;
    if (price === undefined || size === undefined || size < 0) return undefined;
    levels.push([price, size]);
  }
  return levels;
}

function parsePrice(value: unknown): number | undefined {
  const price = typeof value === 'string' ? parseFixed(value, PRICE_DECIMALS) : undefined;
  return price !== undefined && price > 0 && price < DOLLAR ? price : undefined;
}

/** Everything but what is the connection's own; an `id` was the answer to somebody else's command. */
function tailOf({ type: _type, id: _id, sid: _sid, seq: _seq, ...rest }: Fields): string {
  return JSON.stringify(rest).slice(1);
}

/** Deltas and trades say when they happened. */
function timeOf({ msg }: Fields): number | undefined {
  const atMs = isFields(msg) ? msg['ts_ms'] : undefined;
  return Number.isFinite(atMs) ? (atMs as number) : undefined;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (expected: string): TapeInvalid => ({ kind: 'invalid', expected });
