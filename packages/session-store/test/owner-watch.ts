// Law 2 cannot be read off a database afterwards, so it is written down while it happens: triggers note each write to a session
// with the connection that did it. A connection belongs to one process; if it writes for two owners, one of them was not it.
import postgres from 'postgres';
import { createSessionStore, type SessionStore } from '../src/index.ts';

/** Brings the database's schema up to date and watches it from then on. */
export async function watchOwners(url: string): Promise<void> {
  await (await createSessionStore({ url })).close();
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`
    create table owner_watch (
      ordinal bigint generated always as identity, session_id uuid, connection text,
      owner text, token bigint, owner_before text, token_before bigint, batch bigint, batch_before bigint, is_write boolean);
    create table counter_watch (recorder text, before jsonb, after jsonb);
    create function note_owner() returns trigger language plpgsql as $note$
    begin
      insert into owner_watch (
        session_id, connection, owner, token, owner_before, token_before, batch, batch_before, is_write)
      values (
        new.id, pg_postmaster_start_time() || '/' || pg_backend_pid() || '/' || inet_client_port(),
        new.owner, new.fencing_token, old.owner, old.fencing_token, new.last_batch, old.last_batch,
        new.last_batch <> old.last_batch or (new.status <> old.status and new.status <> 'reclaimed'));
      return null;
    end $note$;
    create trigger note_owner after update on sessions for each row
      when (new.last_batch <> old.last_batch or new.status <> old.status or new.fencing_token <> old.fencing_token
        or new.owner is distinct from old.owner)
      execute function note_owner();
    create function note_fall() returns trigger language plpgsql as $note$
    begin
      insert into counter_watch values (new.name, to_jsonb(old), to_jsonb(new));
      return null;
    end $note$;
    create trigger note_fall after update on recorders for each row
      when (new.messages < old.messages or new.deltas < old.deltas or new.snapshots < old.snapshots
        or new.trades < old.trades or new.raw < old.raw or new.facts < old.facts or new.gaps < old.gaps or new.shed < old.shed)
      execute function note_fall();`);
  await sql.end({ timeout: 1 });
}

/** How often the watch saw two owners of one session at once. */
export async function ownersAtOnce(store: SessionStore): Promise<number> {
  if (!(await isWatched(store))) return 0;
  const [row] = await store.query(`
    select (
      select count(*) from (
        select connection from owner_watch where is_write group by connection having count(distinct owner) > 1) as shared
    ) + (
      select count(*) from owner_watch
      where token < token_before or token > token_before + 1
        or (owner is distinct from owner_before and token = token_before)
        or batch < batch_before
    ) + (
      select count(*) from (
        select session_id, batch from owner_watch where batch <> batch_before
        group by 1, 2 having count(*) > 1) as twice
    ) as n`);
  return Number(row!['n']);
}

/** How many writes it saw. */
export async function watchedWrites(store: SessionStore): Promise<number> {
  if (!(await isWatched(store))) return 0;
  return Number((await store.query('select count(*) as n from owner_watch where is_write'))[0]!['n']);
}

async function isWatched(store: SessionStore): Promise<boolean> {
  const [row] = await store.query(`select to_regclass('owner_watch') is not null as is_there`);
  return row?.['is_there'] === true;
}
