// Rows of the tables of an export as records. Whatever reads a file gives its own kinds of numbers and times: all are taken. A cell
// that cannot be read makes a record that is none, and whoever takes it says so.
import { LIFECYCLE_FIELDS, type LifecycleRecord, type TickerRecord } from '../../fact-records.ts';
import type { DeltaRecord, GapRecord, SnapshotRecord, TradeRecord } from '../../records.ts';
import type { Side } from '../price/book-level.ts';

/** A row by its column names, in any order and with others among them. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Of which session a row is: the numbers of its record count in that. */
export const sessionOf = ({ session_id: id }: TableRow): string => (typeof id === 'string' ? id : '');

export function deltaOfRow(row: TableRow): DeltaRecord {
  const exchangeAtUs = microsOf(row['exchange_at']);
  return {
    kind: 'delta',
    ...placeOf(row),
    market: row['market'] as string,
    side: sideOf(row['side'])!,
    price: numberOf(row['price'])!,
    delta: numberOf(row['delta'])!,
    exchangeAtMs: timeOf(row['exchange_at']),
    ...(exchangeAtUs !== null && { exchangeAtUs }),
    receivedAtMs: timeOf(row['received_at'])!,
  };
}

export const tradeOfRow = (row: TableRow): TradeRecord => ({
  kind: 'trade',
  ...placeOf(row),
  seq: numberOf(row['seq']),
  market: row['market'] as string,
  tradeId: row['trade_id'] as string,
  yesPrice: numberOf(row['yes_price'])!,
  size: numberOf(row['size'])!,
  takerSide: sideOf(row['taker_side']),
  isBlockTrade: flagOf(row['is_block_trade']),
  exchangeAtMs: timeOf(row['exchange_at']),
  receivedAtMs: timeOf(row['received_at'])!,
});

export function lifecycleOfRow(row: TableRow): LifecycleRecord {
  const fields = LIFECYCLE_FIELDS.map((name) => [name, fieldOf(name, row)]);
  const said = Object.fromEntries(fields) as Omit<LifecycleRecord, 'about'>;
  const about = row['about'] as LifecycleRecord['about'];
  const seq = numberOf(row['seq']);
  const at = { receivedAtMs: timeOf(row['received_at'])!, exchangeAtMs: null };
  return { ...said, kind: 'lifecycle', ...placeOf(row), seq, market: textOf(row['market']), about, ...at };
}

export function tickerOfRow(row: TableRow): TickerRecord {
  const fields = TICKER_NUMBERS.map((name) => [name, numberOf(row[columnOf(name)])]);
  const figures = Object.fromEntries(fields) as Pick<TickerRecord, (typeof TICKER_NUMBERS)[number]>;
  const of = { market: row['market'] as string, marketId: textOf(row['market_id']) };
  const at = { exchangeAtMs: timeOf(row['exchange_at']), receivedAtMs: timeOf(row['received_at'])! };
  return { kind: 'ticker', ...placeOf(row), seq: numberOf(row['seq']), ...of, ...figures, ...at };
}

const TICKER_NUMBERS = [
  'lastPrice',
  'yesBid',
  'yesAsk',
  'yesBidSize',
  'yesAskSize',
  'lastTradeSize',
  'volume',
  'openInterest',
  'volumeDollars',
  'openInterestDollars',
] as const;

/** `openAtMs` is `open_at` there. */
const columnOf = (name: string): string =>
  name.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

const NUMBERS = new Set(['exchangeIndex', 'settlementValue', 'floorStrike', 'capStrike', 'feeMultiplier']);
const FLAGS = new Set(['canCloseEarly', 'paused']);
const JSON_TEXTS = new Set(['customStrike', 'priceRanges']);

function fieldOf(name: string, row: TableRow): unknown {
  const cell = row[columnOf(name)];
  if (name.endsWith('Ms')) return timeOf(cell);
  if (NUMBERS.has(name)) return numberOf(cell);
  if (FLAGS.has(name)) return flagOf(cell);
  return JSON_TEXTS.has(name) ? jsonOf(cell) : textOf(cell);
}

/** Some readers have read it already. What is no JSON stays what it is, which no record has. */
function jsonOf(cell: unknown): unknown {
  if (isNothing(cell)) return null;
  if (typeof cell !== 'string') return cell;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

export const gapOfRow = (row: TableRow): GapRecord => ({
  kind: 'gap',
  epoch: numberOf(row['epoch'])!,
  sid: numberOf(row['sid']),
  firstSeq: numberOf(row['first_seq']),
  lastSeq: numberOf(row['last_seq']),
  fromAtMs: timeOf(row['from_at'])!,
  toAtMs: timeOf(row['to_at']),
  cause: row['cause'] as string,
  market: textOf(row['market']),
});

/** @param rows one for each level; of an empty book a single one without a level */
export function snapshotOfRows(rows: readonly TableRow[]): SnapshotRecord {
  const first = rows[0]!;
  const yes: [number, number][] = [];
  const no: [number, number][] = [];
  for (const row of rows) {
    const side = sideOf(row['side']);
    if (side !== null) (side === 'yes' ? yes : no).push([numberOf(row['price'])!, numberOf(row['size'])!]);
  }
  const market = first['market'] as string;
  return { kind: 'snapshot', ...placeOf(first), market, receivedAtMs: timeOf(first['received_at'])!, yes, no };
}

/** Rows of one snapshot stand together, and have one place. */
export const isOfSameSnapshot = (row: TableRow, other: TableRow): boolean =>
  ['session_id', 'epoch', 'sid', 'seq', 'market'].every((name) => String(row[name]) === String(other[name]));

const placeOf = (row: TableRow): { readonly epoch: number; readonly sid: number; readonly seq: number } => ({
  epoch: numberOf(row['epoch'])!,
  sid: numberOf(row['sid'])!,
  seq: numberOf(row['seq'])!,
});

const isNothing = (value: unknown): value is null | undefined | '' =>
  value === null || value === undefined || value === '';

/** @returns `null` for an empty cell, `NaN` for what is no number */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (isNothing(value)) return null;
  return typeof value === 'bigint' || typeof value === 'string' ? Number(value) : NaN;
}

const textOf = (value: unknown): string | null => (isNothing(value) ? null : (value as string));

/** In CSV a side is `side_yes` or `side_no`. */
function sideOf(value: unknown): Side | null {
  if (isNothing(value)) return null;
  return (typeof value === 'string' ? value.replace(/^side_/, '') : value) as Side;
}

const flagOf = (value: unknown): boolean | null =>
  isNothing(value) ? null : value === 'true' ? true : value === 'false' ? false : (value as boolean);

/** Times from here on are no milliseconds, which would be in the year 5138, but microseconds; and a million times later, nanoseconds. */
const FIRST_MICROS = 1e14;
const FIRST_NANOS = 1e17;

/** A `Date`, text, or a count since 1970 in ms, µs or ns, also as `{ micros }`. @returns ms; `NaN` for what is no time */
function timeOf(value: unknown): number | null {
  if (isNothing(value)) return null;
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'string')
    return Date.parse(/(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(value) ? value : `${value.replace(' ', 'T')}Z`);
  const { micros: count = value } = value as { readonly micros?: unknown };
  if (typeof count === 'bigint')
    return Number(count < FIRST_MICROS ? count : count / (count < FIRST_NANOS ? 1_000n : 1_000_000n));
  if (typeof count !== 'number') return NaN;
  return count < FIRST_MICROS ? count : Math.floor(count / (count < FIRST_NANOS ? 1e3 : 1e6));
}

/**
 * @returns `null` where only ms are known: a `Date` has no more. A count of whole ms is taken for one, too, as Parquet writes both alike;
 *   text has six digits where they are known.
 */
function microsOf(value: unknown): number | null {
  if (typeof value === 'string') {
    const [, whole, micros] = /^(.*\.\d{3})(\d{3})\d*/.exec(value) ?? [];
    return micros === undefined ? null : timeOf(`${whole}Z`)! * 1000 + Number(micros);
  }
  const { micros: count = value } = (value ?? {}) as { readonly micros?: unknown };
  if ((typeof count !== 'bigint' && typeof count !== 'number') || count < FIRST_MICROS) return null;
  const atUs = Math.floor(Number(count < FIRST_NANOS ? count : BigInt(count) / 1000n));
  return atUs % 1000 === 0 ? null : atUs;
}
