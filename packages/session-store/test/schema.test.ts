// The tables are described twice, in SQL and for Drizzle: they must say the same.
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { createSessionStore, type SessionStore } from '../src/index.ts';
import * as schema from '../src/database/schema.ts';
import { newDatabase } from './databases.ts';

const declared = () =>
  Object.values(schema)
    .filter((value) => is(value, PgTable))
    .map((table) => {
      const { name, columns, primaryKeys } = getTableConfig(table);
      const key = primaryKeys[0]?.columns.map((column) => column.name) ?? [];
      const ownKey = columns.filter(({ primary }) => primary).map((column) => column.name);
      return {
        table: name,
        key: key.length > 0 ? key : ownKey,
        columns: columns
          .map((column) => `${column.name} ${column.getSQLType()}${column.notNull ? ' not null' : ''}`)
          .toSorted(),
      };
    })
    .toSorted((one, other) => one.table.localeCompare(other.table));

const migrated = async (store: SessionStore) => {
  const rows = await store.query(`
    select
      class.relname::text as "table",
      (
        select array_agg(attribute.attname::text order by position)
        from pg_constraint as key
        cross join lateral unnest(key.conkey) with ordinality as part (number, position)
        join pg_attribute as attribute on attribute.attrelid = key.conrelid and attribute.attnum = part.number
        where key.conrelid = class.oid and key.contype = 'p'
      ) as key,
      array_agg(
        attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end
      ) as columns
    from pg_class as class
    join pg_attribute on attrelid = class.oid and attnum > 0 and not attisdropped
    where class.relkind in ('r', 'p') and not class.relispartition and class.relnamespace = 'public'::regnamespace
      and class.relname <> 'session_store_migrations'
    group by class.oid, class.relname`);
  return (rows as { table: string; key: string[]; columns: string[] }[])
    .map(({ table, key, columns }) => ({ table, key, columns: columns.toSorted() }))
    .toSorted((one, other) => one.table.localeCompare(other.table));
};

test('the migrations make the tables that schema.ts declares', async () => {
  await using store = await createSessionStore({ url: await newDatabase('empty') });
  expect(await migrated(store)).toEqual(declared());
});
