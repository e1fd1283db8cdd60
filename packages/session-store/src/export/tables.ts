import type { StoreRecord } from '../records.ts';
import {
  boolean,
  epoch,
  exactExchangeAt,
  exchangeAt,
  int64,
  market,
  orNull,
  price,
  receivedAt,
  seq,
  sessionId,
  sid,
  side,
  size,
  text,
  time,
  type Cell,
  type Column,
  type Table,
} from './columns.ts';
import { factTables } from './fact-tables.ts';

export type { Cell, Column, ColumnType, Table } from './columns.ts';

export const exportedKinds = [
  'deltas',
  'snapshots',
  'trades',
  'gaps',
  'markets',
  'lifecycle',
  'settlements',
  'tickers',
  'exchange',
] as const;

export type ExportedKind = (typeof exportedKinds)[number];

type RecordOf = {
  deltas: 'delta';
  snapshots: 'snapshot';
  trades: 'trade';
  gaps: 'gap';
  markets: 'market';
  lifecycle: 'lifecycle';
  settlements: 'lifecycle' | 'market';
  tickers: 'ticker';
  exchange: 'exchange';
};

/** As the views of the same names show them. */
export const tables: { readonly [Kind in ExportedKind]: Table<Extract<StoreRecord, { kind: RecordOf[Kind] }>> } = {
  deltas: {
    columns: [
      sessionId,
      epoch,
      sid,
      seq,
      market,
      side('side', 'The side of the book.'),
      price('price', 'The level.'),
      size('delta', "The change of the level's size."),
      exactExchangeAt,
      receivedAt,
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
        (record.exchangeAtUs ?? null) === null ? record.exchangeAtMs : BigInt(record.exchangeAtUs!),
        record.receivedAtMs,
      ],
    ],
  },
  // A level a row. A snapshot of an empty book has one row without a level, so that it is not lost.
  snapshots: {
    columns: [
      sessionId,
      epoch,
      sid,
      seq,
      market,
      orNull(side('side', 'The side of the book; null where the whole book is empty.')),
      orNull(price('price', 'The level.')),
      orNull(size('size', 'What rests there.')),
      receivedAt,
    ],
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
      sessionId,
      epoch,
      sid,
      orNull({ ...seq, doc: 'The number within epoch and sid; null where the frame had none.' }),
      market,
      text('trade_id', "The exchange's name for the trade."),
      price('yes_price', 'The price of yes.'),
      size('size', 'How much was traded.'),
      orNull(side('taker_side', 'Who took; null where it is not known.')),
      orNull(boolean('is_block_trade', 'Agreed outside the book; null where it is not known.')),
      exchangeAt,
      receivedAt,
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
      sessionId,
      { ...epoch, doc: 'Which life of the connection, within the session; 0 for what retention took.' },
      orNull({ ...sid, doc: 'The subscription; null where any of the epoch may miss something.' }),
      orNull(int64('first_seq', 'The first number that is missing; null where nobody knows.')),
      orNull(int64('last_seq', 'The last number that is missing; null where nobody knows.')),
      time('from_at', 'When the hole began.'),
      orNull(time('to_at', 'When it ended; null where that was not known when it was written.')),
      text('cause', 'Why.'),
      orNull({ ...market, doc: 'The one market that misses something; null where any of the subscription may.' }),
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
  ...factTables,
};

/** What is written next to every export. */
export const coverageColumns: readonly Column[] = [
  market,
  time('from_at', 'Included.'),
  time('to_at', 'Not included.'),
  boolean('covered', "Whether the market's book can be rebuilt."),
  orNull(text('cause', 'Why not; null where it is covered.')),
  orNull({ ...sessionId, doc: 'The session that covers it or that the cause is about; null where there is none.' }),
];
