import type {
  DeltaRecord,
  GapRecord,
  RawRecord,
  SnapshotRecord,
  StoredLevel,
  StoreRecord,
  TradeRecord,
} from '../../records.ts';
import { ByteReader, damaged } from './byte-reader.ts';
import { crc32 } from './checksum.ts';
import {
  checksumBytes,
  emptyContext,
  followsOn,
  hasEnd,
  hasExchangeTime,
  hasFirstSeq,
  hasLastSeq,
  hasSeq,
  hasSid,
  isShed,
  isYes,
  kindMask,
  kinds,
  tradeFlags,
  version,
  type Stream,
  type Market,
  type Context,
  type Ordinals,
} from './part-format.ts';

/** What a part says. */
export interface DecodedPart {
  readonly records: readonly StoreRecord[];
  /** By position in `records`, for gaps that the session made itself: how many records it dropped there. */
  readonly shed: ReadonlyMap<number, number>;
  /** The ordinals of the first of each kind. */
  readonly first: Ordinals;
}

/** @throws {SessionStoreError} SPOOL_DAMAGED when it is not exactly what an encoder made */
export function decodePart(bytes: Uint8Array): DecodedPart {
  const end = bytes.length - checksumBytes;
  if (end < 0 || readUint32(bytes, end) !== crc32(bytes, 0, 0, end)) throw damaged('its checksum is wrong');
  const reader = new ByteReader(bytes, 0, end);
  const found = reader.byte();
  if (found !== version) throw damaged(`it has format ${found}, and this program knows format ${version}`);
  const count = reader.items(1);
  const first = { trades: reader.count(), raw: reader.count(), gaps: reader.count() };
  const context = emptyContext();
  const records: StoreRecord[] = [];
  const shed = new Map<number, number>();
  for (let index = 0; index < count; index++) {
    const tag = reader.byte();
    if ((tag & kindMask) === kinds.gap && tag & isShed) shed.set(index, reader.count());
    records.push(readRecord(reader, context, tag));
  }
  if (reader.left > 0) throw damaged('it holds more than it should');
  return { records, shed, first };
}

function readRecord(reader: ByteReader, context: Context, tag: number): StoreRecord {
  switch (tag & kindMask) {
    case kinds.delta:
      return readDelta(reader, context, tag);
    case kinds.snapshot:
      return readSnapshot(reader, context, tag);
    case kinds.raw:
      return readRaw(reader, context, tag);
    case kinds.gap:
      return readGap(reader, context, tag);
    case kinds.trade:
      return readTrade(reader, context, tag);
    default:
      throw damaged(`it holds a record of kind ${tag & kindMask}, which this program does not know`);
  }
}

function readDelta(reader: ByteReader, context: Context, tag: number): DeltaRecord {
  const { epoch, sid, lastSeq: seq } = readNumber(reader, context, tag);
  const market = readMarket(reader, context);
  market.lastPrice += reader.integer();
  const delta = reader.integer();
  const receivedAtMs = readTime(reader, context);
  return {
    kind: 'delta',
    epoch,
    sid,
    seq,
    market: market.name,
    side: tag & isYes ? 'yes' : 'no',
    price: market.lastPrice,
    delta,
    exchangeAtMs: tag & hasExchangeTime ? receivedAtMs - reader.integer() : null,
    receivedAtMs,
  };
}

function readSnapshot(reader: ByteReader, context: Context, tag: number): SnapshotRecord {
  const { epoch, sid, lastSeq: seq } = readNumber(reader, context, tag);
  const market = readMarket(reader, context).name;
  const receivedAtMs = readTime(reader, context);
  const yes = readLevels(reader);
  return { kind: 'snapshot', epoch, sid, seq, market, receivedAtMs, yes, no: readLevels(reader) };
}

function readLevels(reader: ByteReader): StoredLevel[] {
  const levels: StoredLevel[] = [];
  let price = 0;
  for (let left = reader.items(2); left > 0; left--) {
    price += reader.integer();
    levels.push([price, reader.integer()]);
  }
  return levels;
}

function readRaw(reader: ByteReader, context: Context, tag: number): RawRecord {
  const epoch = reader.integer();
  const sid = tag & hasSid ? reader.integer() : null;
  const seq = tag & hasSeq ? reader.integer() : null;
  const receivedAtMs = readTime(reader, context);
  return { kind: 'raw', epoch, sid, seq, receivedAtMs, text: reader.text() };
}

function readGap(reader: ByteReader, context: Context, tag: number): GapRecord {
  const epoch = reader.integer();
  const sid = tag & hasSid ? reader.integer() : null;
  const firstSeq = tag & hasFirstSeq ? reader.integer() : null;
  const lastSeq = tag & hasLastSeq ? reader.integer() : null;
  const fromAtMs = readTime(reader, context);
  const toAtMs = tag & hasEnd ? fromAtMs + reader.integer() : null;
  return { kind: 'gap', epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause: reader.text() };
}

function readTrade(reader: ByteReader, context: Context, tag: number): TradeRecord {
  const details = reader.byte();
  const isNumbered = (details & tradeFlags.hasSeq) !== 0;
  const { epoch, sid, lastSeq } = isNumbered
    ? readNumber(reader, context, tag)
    : { epoch: reader.integer(), sid: reader.integer(), lastSeq: null };
  const market = readMarket(reader, context).name;
  const tradeId = reader.text();
  const yesPrice = reader.integer();
  const size = reader.integer();
  const receivedAtMs = readTime(reader, context);
  const taker = details & tradeFlags.takerYes ? 'yes' : 'no';
  return {
    kind: 'trade',
    epoch,
    sid,
    seq: lastSeq,
    market,
    tradeId,
    yesPrice,
    size,
    takerSide: details & tradeFlags.takerKnown ? taker : null,
    isBlockTrade: details & tradeFlags.blockKnown ? (details & tradeFlags.isBlock) !== 0 : null,
    exchangeAtMs: tag & hasExchangeTime ? receivedAtMs - reader.integer() : null,
    receivedAtMs,
  };
}

function readNumber(reader: ByteReader, context: Context, tag: number): Stream {
  if (tag & followsOn) {
    if (!context.latest) throw damaged('it begins in the middle of a stream');
    context.latest.lastSeq++;
    return context.latest;
  }
  const index = reader.count();
  if (index > context.streams.length) throw damaged('it names a stream that it has not introduced');
  const known = context.streams[index];
  if (known) known.lastSeq += reader.integer();
  else context.streams.push({ epoch: reader.integer(), sid: reader.integer(), lastSeq: reader.integer() });
  context.latest = context.streams[index]!;
  return context.latest;
}

function readMarket(reader: ByteReader, context: Context): Market {
  const index = reader.count();
  if (index > context.markets.length) throw damaged('it names a market that it has not introduced');
  if (index === context.markets.length) context.markets.push({ name: reader.text(), index, lastPrice: 0 });
  return context.markets[index]!;
}

function readTime(reader: ByteReader, context: Context): number {
  context.lastAtMs += reader.integer();
  return context.lastAtMs;
}

const readUint32 = (bytes: Uint8Array, at: number) =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
