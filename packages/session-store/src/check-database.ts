// Whether a database can hold what the store writes. Asked before anything is made in it.
import { sql } from 'drizzle-orm';
import { SessionStoreError } from './errors.ts';
import type { Run } from './database/engines/engine.ts';
import { quotedName } from './database/engines/guard-transaction.ts';
import { numberOf, textOf } from './database/rows.ts';

/** The oldest server that knows all that migrations and queries say. */
const oldestServer = 140_000;

/** Names that migrations take; a table of somebody else's may have one. */
const ownNames =
  'sessions,recorders,markets,gap_records,expirations,delta_chunks,market_chunks,keyframes,snapshot_records,trade_chunks,' +
  'raw_frames,fact_records,deltas,snapshots,snapshot_frames,trades,gaps,market_definitions,lifecycle,settlements,tickers,' +
  'exchange_status';

/** @throws {SessionStoreError} DATABASE_UNUSABLE for a server that is too old, or a database that cannot hold every text */
export async function checkServer(run: Run): Promise<void> {
  const [row] = await run(sql`
    select current_setting('server_encoding') as encoding, current_setting('server_version_num')::integer as version,
      current_setting('server_version') as called`);
  if (numberOf(row!, 'version') < oldestServer) {
    throw unusable(
      `The server is PostgreSQL ${textOf(row!, 'called')}, and 14 is the oldest that will do. Upgrade it.`,
    );
  }
  const encoding = textOf(row!, 'encoding');
  if (encoding === 'UTF8') return;
  throw unusable(
    `The database is encoded in ${encoding}, which cannot hold every text that an exchange sends. Nothing was changed. Make a ` +
      `database for the store alone: create database trader encoding 'UTF8' template template0 locale 'C'.`,
  );
}

/** @throws {SessionStoreError} DATABASE_UNUSABLE when somebody else's tables are in the way of the first migration */
export async function refuseForeignTables(run: Run): Promise<void> {
  const names = `{${ownNames}}`;
  const [found] = await run(sql`
    select class.relname::text as name, class.relnamespace::regnamespace::text as schema,
      pg_get_userbyid(class.relowner)::text as owner,
      (select string_agg(attname, ', ' order by attnum) from pg_attribute
        where attrelid = class.oid and attnum between 1 and 8 and not attisdropped) as columns
    from pg_class as class
    where class.relname = any (${names}::text::text[]) and class.relnamespace = to_regnamespace(quote_ident(current_schema()))
    order by array_position(${names}::text::text[], class.relname::text) limit 1`);
  if (!found) return;
  const columns = found['columns'] === null ? '' : ` with the columns ${textOf(found, 'columns')}`;
  throw unusable(
    `The schema ${textOf(found, 'schema')} has a table or view ${textOf(found, 'name')} that is not this store's: it belongs to the ` +
      `role ${textOf(found, 'owner')}${columns}. Nothing was changed. Give the store a schema of its own (option schema), or a database.`,
  );
}

/** Makes the schema that the options name, if it is not there: a role that may not make one can use one that is. */
export async function makeSchema(run: Run, name: string): Promise<void> {
  const [found] = await run(sql`select from pg_namespace where nspname = ${name}`);
  if (!found) await run(sql.raw(`create schema ${quotedName(name)}`));
}

/** What the role would need in order to make tables. @returns SQL for whoever may grant it */
export async function missingGrant(run: Run, schema: string | null): Promise<string> {
  const [row] = await run(sql`
    select quote_ident(current_user) as role, quote_ident(current_database()) as database,
      quote_ident(coalesce(${schema}::text, current_schema(), 'public')) as schema,
      ${schema}::text is not null and to_regnamespace(quote_ident(${schema}::text)) is null as is_missing`);
  const role = textOf(row!, 'role');
  return row!['is_missing'] === true
    ? `grant create on database ${textOf(row!, 'database')} to ${role}`
    : `grant usage, create on schema ${textOf(row!, 'schema')} to ${role}`;
}

const unusable = (text: string) => new SessionStoreError('DATABASE_UNUSABLE', text);
