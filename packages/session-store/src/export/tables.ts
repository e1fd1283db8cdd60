import type { SessionId, StoreRecord } from '../records.ts';

/** What a value may be. Times are ms since the epoch. */
export type Cell = string | number | boolean | null;

export type ColumnType = 'text' | 'int32' | 'int64' | 'boolean' | 'time';

export type Column = { readonly name: string; readonly type: ColumnType };

/** A table to be written: its columns, and the rows that a record makes. */
export type Table<T> = {
  readonly columns: readonly Column[];
  /** Each row has a cell a column, in their order. */
  rows(record: T, session: SessionId): readonly (readonly Cell[])[];
};

export type ExportedKind = 'deltas' | 'snapshots' | 'trades' | 'gaps';

type RecordOf = { deltas: 'delta'; snapshots: 'snapshot'; trades: 'trade'; gaps: 'gap' };

const text = (name: string): Column => ({ name, type: 'text' });
const int32 = (name: string): Column => ({ name, type: 'int32' });
const int64 = (name: string): Column => ({ name, type: 'int64' });
const time = (name: string): Column => ({ name, type: 'time' });

const key = [text('session_id'), int32('epoch'), int64('sid')];

/** As the views of the same names show them. */
export const tables: { readonly [Kind in ExportedKind]: Table<Extract<StoreRecord, { kind: RecordOf[Kind] }>> } = {
  deltas: {
    columns: [
      ...key,
      int64('seq'),
      text('market'),
      text('side'),
      int32('price'),
      int64('delta'),
      time('exchange_at'),
      time('received_at'),
    ],
    rows: (record, session) => [
      [
        session,
        record.epoch,
        record.sid,
        record.seq,
        record.market,
        record.side,
        record.price,
        record.delta,
        record.exchangeAtMs,
        record.receivedAtMs,
      ],
    ],
  },
  // A level a row. A snapshot of an empty book has one row without a level, so that it is not lost.
  snapshots: {
    columns: [...key, int64('seq'), text('market'), text('side'), int32('price'), int64('size'), time('received_at')],
    rows: (record, session) => {
      const { epoch, sid, seq, market, receivedAtMs, yes, no } = record;
      const levels: Cell[][] = [
        ...yes.map(([price, size]) => ['yes', price, size]),
        ...no.map(([price, size]) => ['no', price, size]),
      ];
      if (levels.length === 0) levels.push([null, null, null]);
      return levels.map((level) => [session, epoch, sid, seq, market, ...level, receivedAtMs]);
    },
  },
  trades: {
    columns: [
      ...key,
      int64('seq'),
      text('market'),
      text('trade_id'),
      int32('yes_price'),
      int64('size'),
      text('taker_side'),
      { name: 'is_block_trade', type: 'boolean' },
      time('exchange_at'),
      time('received_at'),
    ],
    rows: (record, session) => [
      [
        session,
        record.epoch,
        record.sid,
        record.seq,
        record.market,
        record.tradeId,
        record.yesPrice,
        record.size,
        record.takerSide,
        record.isBlockTrade,
        record.exchangeAtMs,
        record.receivedAtMs,
      ],
    ],
  },
  gaps: {
    columns: [
      ...key,
      int64('first_seq'),
      int64('last_seq'),
      time('from_at'),
      time('to_at'),
      text('cause'),
      text('market'),
    ],
    rows: (record, session) => [
      [
        session,
        record.epoch,
        record.sid,
        record.firstSeq,
        record.lastSeq,
        record.fromAtMs,
        record.toAtMs,
        record.cause,
        record.market ?? null,
      ],
    ],
  },
};

/** What is written next to every export. */
export const coverageColumns: readonly Column[] = [
  text('market'),
  time('from_at'),
  time('to_at'),
  { name: 'covered', type: 'boolean' },
  text('cause'),
  text('session_id'),
];
