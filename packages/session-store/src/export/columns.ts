// What exported columns are, and those that several tables have.
import type { SessionId } from '../records.ts';

/** What a value may be. Times are ms since the epoch; µs as a bigint, where `microtime` is known to the microsecond. */
export type Cell = string | number | bigint | boolean | null;

/** `side` is `yes` or `no`. */
export type ColumnType = 'text' | 'side' | 'int32' | 'int64' | 'double' | 'boolean' | 'time' | 'microtime';

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  /** It is never null. */
  readonly isRequired: boolean;
  /** For people. */
  readonly doc: string;
  /** What its integers measure, which somebody else has to say the scale of. */
  readonly measure?: 'price' | 'size';
};

/** A table to be written: its columns, and the rows that a record makes. */
export type Table<T> = {
  readonly columns: readonly Column[];
  /** Each row has a cell a column, in their order. */
  rows(record: T, session: SessionId): readonly (readonly Cell[])[];
};

const column =
  (type: ColumnType, measure?: Column['measure']) =>
  (name: string, doc: string): Column => ({ name, type, isRequired: true, doc, ...(measure && { measure }) });

export const text = column('text');
export const side = column('side');
const int32 = column('int32');
export const int64 = column('int64');
export const boolean = column('boolean');
export const time = column('time');
const microtime = column('microtime');
export const price = column('int32', 'price');
export const size = column('int64', 'size');

export const orNull = (required: Column): Column => ({ ...required, isRequired: false });

export const sessionId = text('session_id', 'The recording session.');
export const epoch = int32('epoch', 'Which life of the connection, within the session.');
export const sid = int64('sid', 'The subscription, within the epoch.');
export const seq = int64('seq', 'The number within epoch and sid, which rises.');
export const market = text('market', 'The ticker.');
export const exchangeAt = orNull(
  time('exchange_at', 'When the exchange says that it happened; null where it did not say.'),
);
export const exactExchangeAt = orNull(
  microtime(
    'exchange_at',
    'When the exchange says that it happened, to the microsecond where it said so; null where it did not say.',
  ),
);
export const receivedAt = time('received_at', 'When it arrived.');
