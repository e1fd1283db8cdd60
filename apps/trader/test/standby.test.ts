// Two traders of one recorder: one records, the other stands by and takes over. Real processes, sockets and PostgreSQL.
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { createExchange, type Exchange } from '@trader/exchange-simulator';
import { createSessionStore, type SessionRow } from '@trader/session-store';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Status } from '../src/status.ts';
import { newDatabase } from './databases.ts';
import { breachesOf, NO_BREACHES } from './laws.ts';
import { RunningTrader, steps, type ChildOptions } from './running-trader.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const credentials = { keyId: 'standby', privateKeyPem: privateKey };
const SWEEP_MS = 1_000;
/** All that is stored, with the time of its arrival. */
const RECORDS = `select 'delta' as kind, session_id, received_at from deltas
  union all select 'snapshot', session_id, received_at from snapshot_frames
  union all select 'trade', session_id, received_at from trades
  union all select 'raw', session_id, received_at from raw_frames
  union all select kind, session_id, received_at from fact_records`;

let folder: TemporaryFolder;
let url: string;
let exchange: Exchange;
beforeEach(async () => {
  folder = temporaryFolder('trader-standby-');
  url = await newDatabase();
  const keys = [{ keyId: credentials.keyId, publicKeyPem: publicKey }];
  exchange = await createExchange({ port: 0, markets: 5, deltasPerSecond: 200, keys });
});
afterEach(async () => {
  await exchange.close();
  folder.remove();
});

/** With a spool of its own, as on a machine of its own. */
const start = async (name: string, leaseMs = 5_000): Promise<RunningTrader> =>
  RunningTrader.start({
    feed: { url: exchange.url, credentials, markets: exchange.markets },
    database: { url },
    recorder: 'desk',
    holdDownMs: 5_000,
    drainMs: 30_000,
    store: {
      spool: { dir: join(folder.path, name) },
      lease: { durationMs: leaseMs, sweepEveryMs: SWEEP_MS },
      batch: { maxAgeMs: 200 },
    },
  } satisfies ChildOptions);

const standingBy = async (trader: RunningTrader): Promise<Status> =>
  trader.until(
    'standby',
    ({ state, books }) => state === 'standby' && books.length === 5 && books.every((book) => book.synced),
  );

async function rowsOf(text: string): Promise<readonly Record<string, unknown>[]> {
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  return await store.query(text);
}

/** In the order in which they were opened. */
async function sessions(): Promise<readonly SessionRow[]> {
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  return (await store.sessions()).toReversed();
}

/** Each session continues the one before. */
async function expectOneLine(length: number): Promise<readonly SessionRow[]> {
  const all = await sessions();
  expect(all.map(({ continues }) => continues)).toEqual([null, ...all.slice(0, -1).map(({ id }) => id)]);
  expect(all).toHaveLength(length);
  return all;
}

const takeovers = async () =>
  rowsOf(`select session_id, extract(epoch from from_at)::float8 * 1000 as from_ms, extract(epoch from to_at)::float8 * 1000 as to_ms
    from gaps where cause = 'takeover' order by from_at`);

/** The holes are named: from the end of each session to the first record of the next. @returns their lengths in ms */
async function expectNamedHoles(all: readonly SessionRow[]): Promise<readonly number[]> {
  const found =
    await rowsOf(`select session_id, extract(epoch from min(received_at))::float8 * 1000 as at_ms from (${RECORDS}) as records
      group by session_id`);
  const firsts = new Map(found.map((row) => [row['session_id'], Number(row['at_ms'])]));
  const named = await takeovers();
  expect(named.map((row) => [row['session_id'], row['to_ms']])).toEqual(
    all.slice(1).map(({ id }) => [id, firsts.get(id)]),
  );
  // What the spool of the one before had is brought in later, and makes the hole shorter.
  for (const [index, row] of named.entries()) expect(row['from_ms']).toBeLessThanOrEqual(all[index]!.endedAtMs!);
  return named.map((row) => Number(row['to_ms']) - Number(row['from_ms']));
}

const verified = async (): Promise<void> => {
  expect(await breachesOf(url)).toEqual(NO_BREACHES);
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  for (const { id } of await store.sessions()) expect(await store.verify(id)).toMatchObject({ ok: true });
};

const linesWith = ({ log }: RunningTrader, text: string): number =>
  log.split('\n').filter((line) => line.includes(text)).length;

/** Lines of the log that call for somebody. */
const complaints = ({ log }: RunningTrader): readonly string[] =>
  log.split('\n').filter((line) => /"level":"(?:warn|error|fatal)"/.test(line));

test('a second trader stands by quietly, and takes over when the first is killed; back again, in one line', async () => {
  await using first = await start('a');
  await first.ready(50);
  await using second = await start('b');
  const status = await standingBy(second);
  const [held] = await sessions();
  expect(status).toMatchObject({
    ready: false,
    session: null,
    refusal: null,
    standbyFor: { sessionId: held!.id, owner: expect.stringContaining(`/${first.pid}/`) as string },
    health: { status: 'healthy' },
    recorder: { waiting: 0, unrecorded: 0, pauses: 0 },
  });
  const letGo = status.recorder!.letGo;
  await second.until('records let go', ({ recorder }) => recorder!.letGo > letGo + 500 && recorder!.waiting === 0);
  expect(await Promise.all(['/readyz', '/standbyz', '/livez'].map(async (path) => second.answer(path)))).toEqual([
    503, 200, 200,
  ]);
  expect(await Promise.all(['/readyz', '/standbyz'].map(async (path) => first.answer(path)))).toEqual([200, 200]);
  const metrics = await (await fetch(`${second.origin}/metrics`)).text();
  for (const line of [
    'trader_standby 1',
    'trader_ready 0',
    'trader_state{state="standby"} 1',
    'trader_forbidden_transitions_total 0',
  ])
    expect(metrics).toContain(line);
  expect(linesWith(second, 'standing by: ')).toBe(1);
  expect(complaints(second)).toEqual([]);

  await first.kill();
  const after = await second.ready(50);
  expect(steps(after.transitions)).toEqual([
    'startup>initializing',
    'initializing>orderbook_connect',
    'orderbook_connect>standby',
    'standby>orderbook_connect',
    'orderbook_connect>ready',
  ]);
  expect(after).toMatchObject({ standbyFor: null, recorder: { waiting: 0, unrecorded: 0 } });
  expect(linesWith(second, '→ orderbook_connect: session')).toBe(1);
  expect(complaints(second)).toEqual([]);

  await using back = await start('a');
  await standingBy(back);
  await second.kill();
  await back.ready(50);
  expect(await back.stop()).toBe(0);
  const holes = await expectNamedHoles(await expectOneLine(3));
  process.stdout.write(`holes after kill -9 with a lease of 5 s: ${holes.map(Math.round).join(', ')} ms\n`);
  await verified();
});

test('one that is stopped beyond its lease adds nothing once it goes on, stands by, and takes over again in one line', async () => {
  await using first = await start('a');
  await first.ready(50);
  await using second = await start('b');
  await standingBy(second);
  first.child.kill('SIGSTOP');
  const { session } = await second.ready(200);
  first.child.kill('SIGCONT');
  await standingBy(first);
  await first.until(
    'nothing that fails',
    ({ store, health }) => store === 'writing' && health.status === 'healthy',
    30_000,
  );
  // What it still had to say about its session is said.
  const leases = async () => (await rowsOf('select 1 from sessions where lease_until is not null')).length;
  await vi.waitFor(async () => expect(await leases()).toBe(1), { timeout: 30_000, interval: 100 });
  const [fenced, taken] = await sessions();
  expect(taken).toMatchObject({ id: session!['id'], status: 'active', continues: fenced!.id });
  expect(fenced).toMatchObject({ status: 'reclaimed' });
  expect(fenced!.endedAtMs).toBeLessThanOrEqual(taken!.startedAtMs);
  const behind =
    await rowsOf(`select kind, count(*)::int as records from (${RECORDS}) as records join sessions on id = session_id
    where status = 'reclaimed' and received_at > ended_at group by kind`);
  expect(behind).toEqual([]);

  expect(await second.stop()).toBe(0);
  await first.until('a new session', ({ state, session: own }) => state === 'ready' && Number(own?.['deltas']) > 50);
  expect(await first.stop()).toBe(0);
  await expectOneLine(3);
  await verified();
});

test('an upgrade: the new one stands by, the old one is stopped, the new one takes over', async () => {
  await using old = await start('a');
  await old.ready(50);
  await using next = await start('b');
  await standingBy(next);
  expect(await old.stop()).toBe(0);
  await next.ready(50);
  expect(await next.stop()).toBe(0);
  const all = await expectOneLine(2);
  expect(all.map(({ status }) => status)).toEqual(['closed', 'closed']);
  const [hole] = await expectNamedHoles(all);
  process.stdout.write(`hole of an upgrade by standby: ${Math.round(hole!)} ms\n`);
  const [one, other] = all;
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  const intervals = await store.coverage(exchange.markets[0]!, one!.startedAtMs, other!.endedAtMs!);
  const told = intervals.map(({ covered, session }) => (covered ? session : null));
  // In between it is not covered, for one reason after the other; nor before its first snapshot.
  expect(told.filter((session, index) => session !== null || (index > 0 && told[index - 1] !== null))).toEqual([
    one!.id,
    null,
    other!.id,
  ]);
  const uncovered = intervals.findLast(({ covered }) => !covered)!;
  expect(uncovered.toMs - hole!).toBeGreaterThanOrEqual(one!.endedAtMs!);
  await verified();
  expect(complaints(next)).toEqual([]);
});
