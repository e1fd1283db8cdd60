// Facts as tables: a column for each of their fields.
import { fieldsOf, type FactField, type FactFieldType, type FactKind } from '../batch/fact-fields.ts';
import type { FactRecord, LifecycleRecord, MarketRecord, PriceRange, SessionId } from '../records.ts';
import {
  epoch,
  exchangeAt,
  market,
  orNull,
  price,
  receivedAt,
  seq,
  sessionId,
  sid,
  text,
  time,
  type Cell,
  type Column,
  type Table,
} from './columns.ts';

const types: Readonly<Record<FactFieldType, Pick<Column, 'type' | 'measure'>>> = {
  text: { type: 'text' },
  time: { type: 'time' },
  boolean: { type: 'boolean' },
  price: { type: 'int32', measure: 'price' },
  size: { type: 'int64', measure: 'size' },
  integer: { type: 'int64' },
  number: { type: 'double' },
  ranges: { type: 'text' },
  json: { type: 'text' },
};

const columnOf = ([name, { type, doc, isRequired = false }]: readonly [string, FactField]): Column => ({
  // `openAtMs` is `open_at` there.
  name: name.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
  isRequired,
  doc: type === 'ranges' || type === 'json' ? `${doc} As JSON.` : doc,
  ...types[type],
});

/** A database gives an object's keys back in its own order. */
const inOrder = (ranges: readonly PriceRange[]) => ranges.map(({ start, end, step }) => ({ start, end, step }));

const cellOf = (value: unknown, { type }: FactField): Cell => {
  if (typeof value !== 'object' || value === null) return value as Cell;
  return JSON.stringify(type === 'ranges' ? inOrder(value as readonly PriceRange[]) : value);
};

type Place = readonly (readonly [column: Column, field: 'epoch' | 'sid' | 'seq' | 'market' | 'exchangeAtMs'])[];

/** @param place the columns of its place that such a fact can have */
function factTable<T extends FactRecord>(kind: T['kind'], place: Place): Table<T> {
  const fields = fieldsOf(kind);
  return {
    columns: [sessionId, ...place.map(([column]) => column), ...fields.map(columnOf), receivedAt],
    rows: (record, session) => {
      const values = record as unknown as Readonly<Record<string, unknown>>;
      const row = [
        session,
        ...place.map(([, field]) => record[field]),
        ...fields.map(([name, field]) => cellOf(values[name], field)),
        record.receivedAtMs,
      ];
      return [row];
    },
  };
}

const ofEpoch = [epoch, 'epoch'] as const;
const ofSubscription = [ofEpoch, [orNull(sid), 'sid'], [orNull(seq), 'seq']] as const;

/** What was said of an outcome, whenever something was. */
const settlements: Table<LifecycleRecord | MarketRecord> = {
  columns: [
    sessionId,
    market,
    orNull(text('result', 'The outcome; null where this does not say.')),
    orNull(price('settlement_value', 'What a YES contract pays; null where this does not say.')),
    orNull(time('determined_at', 'When the outcome was determined; null where this does not say.')),
    orNull(time('settled_at', 'When it was paid; null where this does not say.')),
    text('source', 'lifecycle: it was announced. market: a description had it.'),
    receivedAt,
  ],
  rows: (record, session: SessionId) => {
    const { kind, market, result, settlementValue, settledAtMs, receivedAtMs } = record;
    const determinedAtMs = kind === 'lifecycle' ? record.determinedAtMs : null;
    const said = [result, settlementValue, determinedAtMs, settledAtMs];
    if (market === null || said.every((value) => value === null)) return [];
    return [[session, market, ...said, kind, receivedAtMs]];
  },
};

/** As the views show them: `markets` is `market_definitions` there, and `exchange` is `exchange_status`. */
export const factTables = {
  markets: factTable<Extract<FactRecord, { kind: 'market' }>>('market', [ofEpoch, [market, 'market']]),
  lifecycle: factTable<LifecycleRecord>('lifecycle', [
    ...ofSubscription,
    [orNull({ ...market, doc: 'The ticker; null where it is not about a market.' }), 'market'],
  ]),
  settlements,
  tickers: factTable<Extract<FactRecord, { kind: 'ticker' }>>('ticker', [
    ...ofSubscription,
    [market, 'market'],
    [exchangeAt, 'exchangeAtMs'],
  ]),
  exchange: factTable<Extract<FactRecord, { kind: 'exchange' }>>('exchange', [ofEpoch]),
};

const kinds: Readonly<Record<string, readonly FactKind[]>> = {
  markets: ['market'],
  lifecycle: ['lifecycle'],
  settlements: ['market', 'lifecycle'],
  tickers: ['ticker'],
  exchange: ['exchange'],
};

/** The facts that such a table is made of; `null` where it is made of none. */
export const exportedFacts = (what: string): readonly FactKind[] | null => kinds[what] ?? null;
