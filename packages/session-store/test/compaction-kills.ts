// kill -9 of a process in the middle of compaction, again and again on one database. A few kills are a part of the tests, many are a
// campaign.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@trader/testkit';
import { expect } from 'vitest';
import { createSessionStore, type SessionStore } from '../src/index.ts';
import { startFixture } from './fixture-process.ts';

/**
 * @param onKill called after each, with its number
 * @returns how many compactors died with one part of their records moved and another not
 */
export async function compactionKills(
  url: string,
  kills: number,
  seed: number,
  onKill: (kill: number) => void = () => undefined,
): Promise<number> {
  await using store = await createSessionStore({ url, compaction: false });
  const random = seededRandom(seed);
  let halfway = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const compactions = 1 + Math.floor(random() * 4);
    const session = await killedCompactor(url, `recorder-${kill}`, compactions, random() * 15);
    expect(await wrong(store), `kill ${kill}`).toEqual([]);
    const moving = await store.query(
      `select where exists (select from delta_chunks where session_id = $1)
        and exists (select from market_chunks where session_id = $1)`,
      [session],
    );
    halfway += moving.length;
    onKill(kill);
  }
  await store.compact();
  expect(await wrong(store)).toEqual([]);
  expect(await store.query('select from delta_chunks')).toEqual([]);
  return halfway;
}

/** Starts a compactor and kills it `delayMs` into one of its compactions. @returns its session */
async function killedCompactor(url: string, name: string, compactions: number, delayMs: number): Promise<string> {
  const child = startFixture('compactor.ts', JSON.stringify({ url }), name);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const session = (await lines.next()).value as string;
  for (let heard = 0; heard < compactions; heard++) await lines.next();
  expect(complaints).toBe('');
  await pause(delayMs);
  child.kill('SIGKILL');
  await exited;
  return session;
}

/** Numbers that are missing or there twice, of all that was committed, which is all up to some number. */
const wrong = async (store: SessionStore) =>
  store.query(`
    select session.id
    from sessions as session
    left join lateral (
      select count(*) as stored, count(distinct seq) as numbers, max(seq) as last_seq
      from (
        select seq from deltas where session_id = session.id
        union all
        select seq from snapshot_frames where session_id = session.id
      ) as record
    ) as found on true
    where (found.stored, found.numbers, coalesce(found.last_seq, 0)) <> (session.messages, session.messages, session.messages)`);
