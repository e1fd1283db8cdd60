// What the tables can hold, checked when a record is handed over: a record that the database would refuse must not get
// as far as a batch, where it would take its neighbours with it.
import { SessionStoreError } from '../errors.ts';
import type {
  DeltaRecord,
  FactRecord,
  GapRecord,
  RawRecord,
  SnapshotRecord,
  StoreRecord,
  TradeRecord,
} from '../records.ts';
import { fieldsOf, type FactFieldType } from './fact-fields.ts';

/** PostgreSQL adds ms to a time in double arithmetic, which is exact for our times up to the year 4199. */
export const maxTimeMs = 2 ** 46;

/** A market's name is a key in an index, whose entries have a limit of some 2,700 bytes. */
const maxNameLength = 500;

export const isInt32 = (value: number) => (value | 0) === value;
const isNumber = Number.isSafeInteger;
const isTime = (value: number) => isNumber(value) && value >= 0 && value <= maxTimeMs;

/** PostgreSQL's text holds neither U+0000 nor half a surrogate pair. */
// oxlint-disable-next-line no-control-regex -- U+0000 is what is looked for
export const isStorableText = (value: string) => !/\u0000/.test(value) && value.isWellFormed();

/** Text for people (a reason, a cause): better with a replaced character than refused. */
export const storableText = (value: string) => value.toWellFormed().replaceAll('\u0000', '\uFFFD');

/** Whether `value` can name a market, a recorder or a trade. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= maxNameLength && isStorableText(value);

/** @throws {SessionStoreError} RECORD_INVALID, also for a kind that is not known */
export function checkRecord(record: StoreRecord): void {
  switch (record.kind) {
    case 'delta':
      return checkDelta(record);
    case 'trade':
      return checkTrade(record);
    case 'snapshot':
      return checkSnapshot(record);
    case 'raw':
      return checkRaw(record);
    case 'gap':
      return checkGap(record);
    case 'market':
    case 'lifecycle':
    case 'ticker':
    case 'exchange':
      return checkFact(record);
    default:
      refuse('store', 'kind', (record as { kind?: unknown }).kind);
  }
}

function checkDelta(record: DeltaRecord): void {
  if (!isInt32(record.epoch)) refuse(record.kind, 'epoch', record.epoch);
  if (!isNumber(record.sid)) refuse(record.kind, 'sid', record.sid);
  if (!isNumber(record.seq)) refuse(record.kind, 'seq', record.seq);
  if (record.side !== 'yes' && record.side !== 'no') refuse(record.kind, 'side', record.side);
  if (!isInt32(record.price)) refuse(record.kind, 'price', record.price);
  if (!isNumber(record.delta)) refuse(record.kind, 'delta', record.delta);
  if (record.exchangeAtMs !== null && !isTime(record.exchangeAtMs)) {
    refuse(record.kind, 'exchangeAtMs', record.exchangeAtMs);
  }
  const { exchangeAtUs = null } = record;
  if (exchangeAtUs !== null && !(isNumber(exchangeAtUs) && Math.floor(exchangeAtUs / 1000) === record.exchangeAtMs)) {
    refuse(record.kind, 'exchangeAtUs', exchangeAtUs);
  }
  if (!isTime(record.receivedAtMs)) refuse(record.kind, 'receivedAtMs', record.receivedAtMs);
}

function checkTrade(record: TradeRecord): void {
  if (!isInt32(record.epoch)) refuse(record.kind, 'epoch', record.epoch);
  if (!isNumber(record.sid)) refuse(record.kind, 'sid', record.sid);
  if (record.seq !== null && !isNumber(record.seq)) refuse(record.kind, 'seq', record.seq);
  if (!isName(record.tradeId)) refuse(record.kind, 'tradeId', record.tradeId);
  if (!isInt32(record.yesPrice)) refuse(record.kind, 'yesPrice', record.yesPrice);
  if (!isNumber(record.size)) refuse(record.kind, 'size', record.size);
  if (record.takerSide !== null && record.takerSide !== 'yes' && record.takerSide !== 'no') {
    refuse(record.kind, 'takerSide', record.takerSide);
  }
  if (record.isBlockTrade !== null && typeof record.isBlockTrade !== 'boolean') {
    refuse(record.kind, 'isBlockTrade', record.isBlockTrade);
  }
  if (record.exchangeAtMs !== null && !isTime(record.exchangeAtMs)) {
    refuse(record.kind, 'exchangeAtMs', record.exchangeAtMs);
  }
  if (!isTime(record.receivedAtMs)) refuse(record.kind, 'receivedAtMs', record.receivedAtMs);
}

function checkSnapshot(record: SnapshotRecord): void {
  if (!isInt32(record.epoch)) refuse(record.kind, 'epoch', record.epoch);
  if (!isNumber(record.sid)) refuse(record.kind, 'sid', record.sid);
  if (!isNumber(record.seq)) refuse(record.kind, 'seq', record.seq);
  if (!isTime(record.receivedAtMs)) refuse(record.kind, 'receivedAtMs', record.receivedAtMs);
  for (const levels of [record.yes, record.no]) {
    for (const [price, size] of levels) {
      if (!isInt32(price)) refuse(record.kind, 'price', price);
      if (!isNumber(size)) refuse(record.kind, 'size', size);
    }
  }
}

function checkRaw(record: RawRecord): void {
  if (!isInt32(record.epoch)) refuse(record.kind, 'epoch', record.epoch);
  if (record.sid !== null && !isNumber(record.sid)) refuse(record.kind, 'sid', record.sid);
  if (record.seq !== null && !isNumber(record.seq)) refuse(record.kind, 'seq', record.seq);
  if (!isTime(record.receivedAtMs)) refuse(record.kind, 'receivedAtMs', record.receivedAtMs);
  // The text is a frame's content, so it is not quoted.
  if (typeof record.text !== 'string') refuse(record.kind, 'text', typeof record.text);
}

function checkFact(record: FactRecord): void {
  const { kind, epoch, sid, seq, market, exchangeAtMs, receivedAtMs } = record;
  if (!isInt32(epoch)) refuse(kind, 'epoch', epoch);
  const comesByFeed = kind === 'lifecycle' || kind === 'ticker';
  if (sid === null ? comesByFeed : !isNumber(sid)) refuse(kind, 'sid', sid);
  if (seq !== null && !isNumber(seq)) refuse(kind, 'seq', seq);
  if (market === null ? kind === 'market' || kind === 'ticker' : !isName(market)) refuse(kind, 'market', market);
  if (exchangeAtMs !== null && !isTime(exchangeAtMs)) refuse(kind, 'exchangeAtMs', exchangeAtMs);
  if (!isTime(receivedAtMs)) refuse(kind, 'receivedAtMs', receivedAtMs);
  const values = record as unknown as Readonly<Record<string, unknown>>;
  for (const [name, { type, isRequired = false }] of fieldsOf(kind)) {
    const value = values[name] ?? null;
    if (value === null ? isRequired : !fits[type](value)) refuse(kind, name, value);
  }
}

const fits: Readonly<Record<FactFieldType, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  time: (value) => isTime(value as number),
  boolean: (value) => typeof value === 'boolean',
  price: (value) => isInt32(value as number),
  size: isNumber,
  integer: isNumber,
  number: Number.isFinite,
  ranges: (value) =>
    Array.isArray(value) &&
    value.every((range: unknown) => {
      const { start, end, step } = (range ?? {}) as Readonly<Record<string, unknown>>;
      return [start, end, step].every((at) => isInt32(at as number));
    }),
  json: (value) => typeof value === 'object' && !Array.isArray(value),
};

function checkGap(record: GapRecord): void {
  if (!isInt32(record.epoch)) refuse(record.kind, 'epoch', record.epoch);
  if (record.sid !== null && !isNumber(record.sid)) refuse(record.kind, 'sid', record.sid);
  if (record.firstSeq !== null && !isNumber(record.firstSeq)) refuse(record.kind, 'firstSeq', record.firstSeq);
  if (record.lastSeq !== null && !isNumber(record.lastSeq)) refuse(record.kind, 'lastSeq', record.lastSeq);
  if (!isTime(record.fromAtMs)) refuse(record.kind, 'fromAtMs', record.fromAtMs);
  if (record.toAtMs !== null && !isTime(record.toAtMs)) refuse(record.kind, 'toAtMs', record.toAtMs);
  if (typeof record.cause !== 'string') refuse(record.kind, 'cause', typeof record.cause);
  if ((record.market ?? null) !== null && !isName(record.market)) refuse(record.kind, 'market', record.market);
}

/** @throws {SessionStoreError} RECORD_INVALID */
export function refuse(kind: string, field: string, value: unknown): never {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
  throw new SessionStoreError(
    'RECORD_INVALID',
    `A ${kind} record cannot be stored: ${field} is ${shown}. It was not taken; see StoreRecord for the ranges.`,
  );
}
