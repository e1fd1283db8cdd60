// Whether what a source gives is a record. It comes from outside, so that anything may come.
import { ONE_DOLLAR } from '../price/price.ts';
import type { FeedRecord } from '../../records.ts';

/** @returns what is wrong with it, or `null` */
export function whatIsWrong(record: unknown): string | null {
  if (typeof record !== 'object' || record === null) return 'no object';
  const { kind } = record as { readonly kind?: unknown };
  const checked = record as FeedRecord;
  if (kind === 'delta' && checked.kind === 'delta') return checkDelta(checked);
  if (!Object.hasOwn(CHECKS, String(kind))) return 'of no known kind';
  for (const [name, fits] of Object.entries(CHECKS[kind as keyof typeof CHECKS])) {
    if (!fits((record as Readonly<Record<string, unknown>>)[name]))
      return `a ${String(kind)} without a usable "${name}"`;
  }
  return null;
}

/** Nearly all records are deltas: without a table. */
function checkDelta({
  epoch,
  sid,
  seq,
  market,
  side,
  price,
  delta,
  exchangeAtMs,
  exchangeAtUs = null,
  receivedAtMs,
}: FeedRecord & { kind: 'delta' }): string | null {
  if (!isCount(epoch) || !isCount(sid) || !isCount(seq)) return 'a delta without usable numbers';
  if (typeof market !== 'string' || (side !== 'yes' && side !== 'no')) return 'a delta without a market or side';
  if (!isPrice(price) || !Number.isSafeInteger(delta)) return 'a delta without a usable price or change';
  return isTime(receivedAtMs) &&
    (exchangeAtMs === null || isTime(exchangeAtMs)) &&
    (exchangeAtUs === null || (Number.isSafeInteger(exchangeAtUs) && Math.floor(exchangeAtUs / 1000) === exchangeAtMs))
    ? null
    : 'a delta without a usable time';
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isPrice = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= ONE_DOLLAR;
const isTime = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isLevels = (value: unknown): boolean =>
  Array.isArray(value) && value.every((level) => Array.isArray(level) && isPrice(level[0]) && isSize(level[1]));
const orNull =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || fits(value);
const allOrNull = (names: readonly string[], fits: (value: unknown) => boolean) =>
  Object.fromEntries(names.map((name) => [name, orNull(fits)]));
const orNothing =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || value === null || fits(value);

const CHECKS: Readonly<
  Record<Exclude<FeedRecord['kind'], 'delta'>, Readonly<Record<string, (value: unknown) => boolean>>>
> = {
  snapshot: {
    epoch: isCount,
    sid: isCount,
    seq: isCount,
    market: isText,
    receivedAtMs: isTime,
    yes: isLevels,
    no: isLevels,
  },
  trade: {
    epoch: isCount,
    sid: isCount,
    seq: orNull(isCount),
    market: isText,
    tradeId: isText,
    yesPrice: isPrice,
    size: isSize,
    takerSide: orNull((value) => value === 'yes' || value === 'no'),
    isBlockTrade: orNull((value) => typeof value === 'boolean'),
    exchangeAtMs: orNull(isTime),
    receivedAtMs: isTime,
  },
  ticker: {
    epoch: isCount,
    sid: isCount,
    seq: orNull(isCount),
    market: isText,
    exchangeAtMs: orNull(isTime),
    receivedAtMs: isTime,
    volume: isSize,
    openInterest: isSize,
    ...allOrNull(['lastPrice', 'yesBid', 'yesAsk'], isPrice),
    ...allOrNull(['yesBidSize', 'yesAskSize', 'lastTradeSize'], isSize),
  },
  lifecycle: {
    epoch: isCount,
    sid: isCount,
    seq: orNull(isCount),
    about: (value) => value === 'market' || value === 'event' || value === 'event-fees',
    receivedAtMs: isTime,
    priceRanges: orNull((value) => Array.isArray(value)),
    ...allOrNull(['market', 'change', 'result', 'eventTicker', 'seriesTicker', 'title', 'feeType'], isText),
    ...allOrNull(['openAtMs', 'closeAtMs', 'determinedAtMs', 'settledAtMs'], isTime),
  },
  raw: { epoch: isCount, sid: orNull(isCount), seq: orNull(isCount), receivedAtMs: isTime, text: isText },
  gap: {
    epoch: isCount,
    sid: orNull(isCount),
    firstSeq: orNull(isCount),
    lastSeq: orNull(isCount),
    fromAtMs: isTime,
    toAtMs: orNull(isTime),
    cause: isText,
    market: orNothing(isText),
  },
};
