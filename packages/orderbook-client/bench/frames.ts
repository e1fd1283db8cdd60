// The frames that are read: the exchange's text, and its wrapping for the socket, made before anything is timed.
import { formatPrice, formatSize } from '../src/index.ts';
import type { Change, Level, MarketFlow } from './market-flow.ts';

/** What one `subscribe` names, as the client does by default. */
export const MARKETS_PER_COMMAND = 500;

const SID = 1;
/** A frame's time when nobody stamps it, in ms; every stamp has as many digits. */
const START_MS = 1_786_085_188_978;
/** What follows the last digit of a delta's `ts_ms`. */
const AFTER_STAMP = '}}';
const STAMP_DIGITS = String(START_MS).length;

export const tickerOf = (index: number): string => `KXBENCHGAME-26NOV221840AAABBB-T${String(index).padStart(5, '0')}`;

const idOf = (index: number): string => `6f1c3a52-8d4e-4b7a-9c21-${String(index).padStart(12, '0')}`;

/** The commands that subscribe a list of markets, the first with id 1. */
export function subscribeCommands(markets: readonly string[]): string[] {
  return Array.from({ length: commandsFor(markets.length) }, (_, index) => {
    const market_tickers = markets.slice(index * MARKETS_PER_COMMAND, (index + 1) * MARKETS_PER_COMMAND);
    const params = { channels: ['orderbook_delta'], market_tickers, use_yes_price: false };
    return JSON.stringify({ id: index + 1, cmd: 'subscribe', params });
  });
}

const commandsFor = (markets: number): number => Math.ceil(markets / MARKETS_PER_COMMAND);

/** The number of the first delta: a snapshot per market and every acknowledgement but the first have used one each. */
export const firstDeltaSeq = (markets: number): number => markets + commandsFor(markets);

/** The answers to the `command`-th subscribe of a connection, counted from 0: the acknowledgement, then the snapshots. */
export function* answersTo(command: number, flows: readonly MarketFlow[]): Generator<string> {
  const first = command * MARKETS_PER_COMMAND;
  const end = Math.min(first + MARKETS_PER_COMMAND, flows.length);
  let seq = first + command;
  yield acknowledgement(command, seq, end);
  for (let index = first; index < end; index++) yield snapshotText(index, ++seq, flows[index]!);
}

/**
 * The first one has no number, every other one uses up a number and lists all markets so far.
 *
 * @param markets how many are subscribed by now
 */
export function acknowledgement(command: number, seq: number, markets: number): string {
  if (command === 0) return `{"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":${SID}}}`;
  const market_tickers = Array.from({ length: markets }, (_, index) => tickerOf(index));
  return JSON.stringify({ type: 'ok', id: command + 1, sid: SID, seq, msg: { market_tickers } });
}

export function snapshotText(market: number, seq: number, flow: MarketFlow): string {
  const wire = (levels: readonly Level[]) => levels.map(([price, size]) => [formatPrice(price), formatSize(size)]);
  const yes_dollars_fp = wire(flow.levels('yes'));
  const no_dollars_fp = wire(flow.levels('no'));
  const msg = { market_ticker: tickerOf(market), market_id: idOf(market), yes_dollars_fp, no_dollars_fp };
  return JSON.stringify({ type: 'orderbook_snapshot', sid: SID, seq, msg });
}

export function deltaText(market: number, seq: number, { side, price, delta }: Change): string {
  const atMs = START_MS + (seq % 1_000_000);
  const ts = `${new Date(atMs).toISOString().slice(0, -1)}${String(100 + (seq % 900))}Z`;
  return (
    `{"type":"orderbook_delta","sid":${SID},"seq":${seq},"msg":{"market_ticker":"${tickerOf(market)}",` +
    `"market_id":"${idOf(market)}","price_dollars":"${formatPrice(price)}","delta_fp":"${formatSize(delta)}",` +
    `"side":"${side}","ts":"${ts}","ts_ms":${atMs}${AFTER_STAMP}`
  );
}

/** A text message as a server sends it: unmasked, in one piece (RFC 6455 section 5.2). */
export function wrapped(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length > 0xffff) {
    const header = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(length, 6);
    return Buffer.concat([header, payload]);
  }
  const header = length > 125 ? [0x81, 126, length >> 8, length & 0xff] : [0x81, length];
  return Buffer.concat([Buffer.from(header), payload]);
}

/** Stamps count to here and start again, a thousand seconds later. */
const STAMP_SPAN = 1e12;

/** The machine's monotonic clock in nanoseconds, as a number that has a `ts_ms`'s digits: the same in every process. */
export function stampNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return STAMP_SPAN + (seconds % 1000) * 1e9 + nanoseconds;
}

/** Microseconds from one stamp to a later one. */
export const microsecondsBetween = (from: number, to: number): number => ((to - from + STAMP_SPAN) % STAMP_SPAN) / 1000;

/** Overwrites the time of a wrapped delta. */
export function writeStamp(frame: Buffer, stamp: number): void {
  frame.write(String(stamp), frame.length - AFTER_STAMP.length - STAMP_DIGITS, 'latin1');
}

/** The time that was written into a delta. */
export function readStamp(message: Buffer): number {
  const end = message.length - AFTER_STAMP.length;
  return Number(message.toString('latin1', end - STAMP_DIGITS, end));
}
