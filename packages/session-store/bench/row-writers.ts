// How deltas are stored elsewhere: a row each, with a primary key, the same facts in it. Batches of 5,000, or what fits
// into one statement's parameters; each statement is a transaction.
import { once } from 'node:events';
import { bigint, boolean, integer, pgTable, timestamp, uuid } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import type { DeltaRecord } from '../src/index.ts';
import { copyData } from './copy-data.ts';

export type RowWriter = {
  readonly name: string;
  /** Deltas in a turn: as many as take about a second. */
  readonly deltas: number;
  readonly write: (records: readonly DeltaRecord[]) => Promise<void>;
};

export const rowTable = 'delta_rows';

export const createRowTable = `
  create table ${rowTable} (
    session_id uuid not null, epoch integer not null, sid bigint not null, seq bigint not null, market_id integer not null,
    yes boolean not null, price integer not null, delta bigint not null, exchange_at timestamptz, received_at timestamptz not null,
    primary key (session_id, epoch, sid, seq)
  )`;

const session = '0b0e7ab0-5a3e-4d0f-9f61-1d2c3b4a5968';

const drizzleTable = pgTable(rowTable, {
  sessionId: uuid('session_id').notNull(),
  epoch: integer().notNull(),
  sid: bigint({ mode: 'number' }).notNull(),
  seq: bigint({ mode: 'number' }).notNull(),
  marketId: integer('market_id').notNull(),
  yes: boolean().notNull(),
  price: integer().notNull(),
  delta: bigint({ mode: 'number' }).notNull(),
  exchangeAt: timestamp('exchange_at', { withTimezone: true }),
  receivedAt: timestamp('received_at', { withTimezone: true }).notNull(),
});

const columns = 'session_id, epoch, sid, seq, market_id, yes, price, delta, exchange_at, received_at';

/** @param marketIds the number of each ticker, which the database would know */
export function rowWriters(sql: postgres.Sql, marketIds: ReadonlyMap<string, number>): RowWriter[] {
  const db = drizzle(sql);
  const marketId = ({ market }: DeltaRecord) => marketIds.get(market)!;
  return [
    {
      name: 'Drizzle, rows of 1,000',
      deltas: 10_000,
      write: inBatches(1000, async (records) => {
        await db.insert(drizzleTable).values(
          records.map((record) => ({
            ...record,
            sessionId: session,
            marketId: marketId(record),
            yes: record.side === 'yes',
            exchangeAt: record.exchangeAtMs === null ? null : new Date(record.exchangeAtMs),
            receivedAt: new Date(record.receivedAtMs),
          })),
        );
      }),
    },
    {
      name: 'multi-row insert, rows of 1,000',
      deltas: 50_000,
      write: inBatches(1000, async (records) => {
        const values: postgres.ParameterOrJSON<never>[] = [];
        for (const record of records) {
          values.push(session, record.epoch, record.sid, record.seq, marketId(record), record.side === 'yes');
          values.push(record.price, record.delta, iso(record.exchangeAtMs!), iso(record.receivedAtMs));
        }
        await sql.unsafe(multiRowInsert(records.length), values, { prepare: true });
      }),
    },
    {
      name: '`unnest` of array literals',
      deltas: 200_000,
      write: inBatches(5000, async (records) => {
        const array = (value: (record: DeltaRecord) => unknown) => `{${records.map(value).join(',')}}`;
        const parameters = [
          session,
          array(({ epoch }) => epoch),
          array(({ sid }) => sid),
          array(({ seq }) => seq),
          array(marketId),
          array(({ side }) => side === 'yes'),
          array(({ price }) => price),
          array(({ delta }) => delta),
          array(({ exchangeAtMs }) => exchangeAtMs ?? 'NULL'),
          array(({ receivedAtMs }) => receivedAtMs),
        ];
        await sql.unsafe(unnestInsert, parameters, { prepare: true });
      }),
    },
    { name: 'binary `COPY`', deltas: 400_000, write: async (records) => copy(sql, records, marketIds) },
  ];
}

/** Drizzle takes from the connection that it is given the driver's way with a Date. */
const iso = (atMs: number) => new Date(atMs).toISOString();

const inBatches =
  (size: number, write: (records: readonly DeltaRecord[]) => Promise<void>): RowWriter['write'] =>
  async (records) => {
    for (let from = 0; from < records.length; from += size) await write(records.slice(from, from + size));
  };

function multiRowInsert(rows: number): string {
  const row = (_: unknown, index: number) =>
    `(${Array.from({ length: 10 }, (_, at) => `$${index * 10 + at + 1}`).join()})`;
  return `insert into ${rowTable} (${columns}) values ${Array.from({ length: rows }, row).join()}`;
}

const unnestInsert = `
  insert into ${rowTable} (${columns})
  select $1::uuid, epoch, sid, seq, market_id, yes, price, delta,
    timestamptz 'epoch' + exchange_ms * interval '1 millisecond', timestamptz 'epoch' + received_ms * interval '1 millisecond'
  from unnest(
    $2::text::integer[], $3::text::bigint[], $4::text::bigint[], $5::text::integer[], $6::text::boolean[],
    $7::text::integer[], $8::text::bigint[], $9::text::bigint[], $10::text::bigint[]
  ) as row (epoch, sid, seq, market_id, yes, price, delta, exchange_ms, received_ms)`;

/** The next batch is encoded once the last one has left, while the server takes it: as fast as one connection goes. */
async function copy(
  sql: postgres.Sql,
  records: readonly DeltaRecord[],
  marketIds: ReadonlyMap<string, number>,
): Promise<void> {
  const encode = (from: number) => copyData(session, records.slice(from, from + 5000), marketIds);
  let data = encode(0);
  for (let next = 5000; ; next += 5000) {
    const stream = await sql`copy ${sql(rowTable)} from stdin with (format binary)`.writable();
    const done = once(stream, 'finish');
    stream.end(data);
    await new Promise(setImmediate);
    if (next < records.length) data = encode(next);
    await done;
    if (next >= records.length) return;
  }
}
