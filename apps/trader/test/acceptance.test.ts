// The four promises of the trader, each with a real fault: real sockets, a real PostgreSQL, the trader a process of its own.
import { generateKeyPairSync } from 'node:crypto';
import { createExchange, type Exchange } from '@trader/exchange-simulator';
import { createSessionStore, migrateSchema, type SessionRow, type SessionStore } from '@trader/session-store';
import { temporaryFolder, type TestPostgres } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { breachesOf, NO_BREACHES } from './laws.ts';
import { startOwnServer } from './own-server.ts';
import { again } from './program.ts';
import { FoldedBook, storedRows } from './recording.ts';
import { RunningTrader, steps, type ChildOptions } from './running-trader.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const credentials = { keyId: 'acceptance', privateKeyPem: privateKey };

/** The same exchange again after its death: it knows the key, on the same port. */
const openExchange = async (port = 0, deltasPerSecond = 400): Promise<Exchange> =>
  createExchange({
    port,
    markets: 5,
    deltasPerSecond,
    keys: [{ keyId: credentials.keyId, publicKeyPem: publicKey }],
  });

let server: TestPostgres;
beforeAll(async () => {
  server = await startOwnServer();
  await migrateSchema({ url: await server.createDatabase('migrated') });
});
afterAll(() => server?.stop());

/**
 * For a process that others are to wait for: its lease runs out soon. One that is to keep its session has a longer one. After
 * the start of a server every lease runs for as long as the one's who waits, so that one's is short there, too.
 */
const briefly = ({ store, ...options }: ChildOptions): ChildOptions => ({
  ...options,
  store: { ...store, lease: { ...store.lease, durationMs: 2_000 } },
});

async function place({ rate, ...overrides }: Partial<ChildOptions> & { readonly rate?: number } = {}) {
  const url = await server.createDatabase(undefined, 'migrated');
  const exchange = await openExchange(0, rate);
  const options: ChildOptions = {
    feed: { url: exchange.url, credentials, markets: exchange.markets },
    database: { url },
    recorder: 'desk',
    holdDownMs: 3_000,
    drainMs: 30_000,
    store: { spool: false, lease: { durationMs: 30_000, sweepEveryMs: 500 }, batch: { maxAgeMs: 200 } },
    ...overrides,
  };
  return { url, exchange, options };
}

async function sessionsOf(url: string): Promise<readonly SessionRow[]> {
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  return (await store.sessions()).toSorted((a, b) => a.startedAtMs - b.startedAtMs);
}

/** Leases, and who does what in the database: what shows who keeps a session from being reclaimed. */
async function holdersOf(store: SessionStore): Promise<string> {
  const [leases, backends] = await Promise.all([
    store.query(
      'select clock_timestamp() as now, pg_postmaster_start_time() as started, owner, lease_until from sessions',
    ),
    store.query(`select pid, state, wait_event, xact_start, state_change, left(query, 80) as query
      from pg_stat_activity where datname = current_database()`),
  ]);
  return JSON.stringify({ leases, backends });
}

async function lifetimeOf(url: string): Promise<Record<string, unknown>> {
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  return (await store.query('select messages, deltas, snapshots, gaps from recorders'))[0]!;
}

describe('a session', () => {
  test('is created once the feed is there, tracked while it records, and ended with its counters', async () => {
    const { url, exchange, options } = await place();
    await using _exchange = exchange;
    await using trader = await RunningTrader.start(options);
    const status = await trader.ready(200);
    expect(steps(status.transitions)).toEqual([
      'startup>initializing',
      'initializing>orderbook_connect',
      'orderbook_connect>ready',
    ]);
    expect(status.transitions.at(-1)).toMatchObject({ kind: 'first-start', sessionOpened: status.session!.id });
    expect(await trader.answer('/readyz')).toBe(200);

    const [active] = await sessionsOf(url);
    expect(active).toMatchObject({ id: status.session!.id, recorder: 'desk', status: 'active', endedAtMs: null });
    await vi.waitFor(async () => expect((await sessionsOf(url))[0]!.deltas).toBeGreaterThan(active!.deltas), {
      timeout: 30_000,
      interval: 50,
    });

    expect(await trader.stop()).toBe(0);
    const [ended, ...others] = await sessionsOf(url);
    expect(others).toEqual([]);
    expect(ended).toMatchObject({ id: active!.id, status: 'closed', endReason: 'SIGTERM', gaps: 0 });
    expect(ended!.messages).toBe(ended!.deltas + ended!.snapshots + ended!.trades + ended!.raw);
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });
});

describe('health', () => {
  test('lost for less than the hold-down costs a row of the ledger, and neither the session nor ready', async () => {
    const { url, exchange, options } = await place({ holdDownMs: 15_000 });
    await using _exchange = exchange;
    await using trader = await RunningTrader.start(options);
    const before = await trader.ready(100);
    exchange.dropConnections();
    const after = await trader.until('second epoch', ({ feed }) => feed!.epoch === 2 && feed!.phase === 'live');
    expect(after).toMatchObject({ state: 'ready', session: { id: before.session!.id } });
    expect(after.transitions).toHaveLength(before.transitions.length);
    expect(await trader.stop()).toBe(0);

    const sessions = await sessionsOf(url);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]!.gaps).toBeGreaterThan(0);
    await using store = await createSessionStore({ url, spool: false, compaction: false });
    const causes = await store.query('select distinct cause, epoch from gaps');
    expect(causes).toEqual([{ cause: 'disconnected', epoch: 1 }]);
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });

  test('lost for longer ends the session as health_failure with all it had, and comes back by itself into a new one', async () => {
    const { url, exchange, options } = await place();
    await using trader = await RunningTrader.start(options);
    const first = (await trader.ready(100)).session!.id;
    const port = Number(new URL(exchange.url).port);
    await exchange.close();
    const lost = await trader.until('error', ({ state }) => state === 'error');
    expect(lost.transitions.at(-1)).toMatchObject({
      from: 'ready',
      sessionClosed: first,
      unhealthy: [{ component: 'feed' }],
    });
    expect(await trader.answer('/readyz')).toBe(503);
    const counted = lost.transitions.at(-1)!.counters!;

    await using again = await openExchange(port);
    const back = await trader.ready();
    const recovery = back.transitions.at(-1)!;
    expect(recovery).toMatchObject({ from: 'error', kind: 'recovery', sessionClosed: first });
    expect(recovery.sessionOpened).toBe(back.session!.id);
    expect(recovery.outageMs).toBeGreaterThan(0);
    expect(again.totals().connections).toBeGreaterThan(0);
    expect(await trader.stop()).toBe(0);

    const [ended, next, ...others] = await sessionsOf(url);
    expect(others).toEqual([]);
    expect(ended).toMatchObject({
      id: first,
      status: 'health_failure',
      deltas: counted['deltas'],
      messages: counted['messages'],
    });
    expect(next).toMatchObject({ status: 'closed', continues: first });
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });
});

describe('counters', () => {
  test('of a recorder only rise over failures, and are the sum of its sessions', async () => {
    const { url, exchange, options } = await place({ holdDownMs: 300 });
    await using _exchange = exchange;
    await using trader = await RunningTrader.start(options);
    let before = (await trader.ready(50)).session!.id;
    let highest = 0;
    const refused = { kind: 'refuse', status: 503 } as const;
    for (const failure of [refused, { kind: 'stall', afterwards: 'deliver' }, refused] as const) {
      exchange.control.faults.add(failure);
      exchange.dropConnections();
      await trader.until('error', ({ state }) => state === 'error');
      exchange.control.faults.clear();
      const recovered = await trader.until(
        'new session',
        ({ state, session }) => state === 'ready' && session!.id !== before,
      );
      before = recovered.session!.id;
      const deltas = Number((await lifetimeOf(url))['deltas']);
      expect(deltas).toBeGreaterThanOrEqual(highest);
      highest = deltas;
    }
    expect(await trader.stop()).toBe(0);
    const sessions = await sessionsOf(url);
    expect(sessions.map(({ status }) => status)).toEqual([
      'health_failure',
      'health_failure',
      'health_failure',
      'closed',
    ]);
    expect(sessions.map(({ continues }) => continues)).toEqual([null, ...sessions.slice(0, 3).map(({ id }) => id)]);
    expect(Number((await lifetimeOf(url))['deltas'])).toBe(sessions.reduce((sum, { deltas }) => sum + deltas, 0));
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });
});

describe('no orphan is left', () => {
  test('by kill -9: the old session is reclaimed, and the next start continues it', async () => {
    const { url, exchange, options } = await place();
    await using _exchange = exchange;
    await using killed = await RunningTrader.start(briefly(options));
    const first = (await killed.ready(100)).session!.id;
    // Before, because whoever reads later may be the one who finds that its lease has run out.
    expect((await sessionsOf(url))[0]).toMatchObject({ id: first, status: 'active' });
    await killed.kill();

    await using trader = await RunningTrader.start(options);
    const back = await trader.ready();
    expect(back.session!.id).not.toBe(first);
    const [old, next] = await sessionsOf(url);
    expect(old).toMatchObject({ id: first, status: 'reclaimed' });
    expect(next).toMatchObject({ status: 'active', continues: first });
    expect(await trader.stop()).toBe(0);
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });

  test('by a stop at full load: all that came is stored, and the session ended, in time', async () => {
    const { url, exchange, options } = await place({ rate: 4_000 });
    await using _exchange = exchange;
    await using trader = await RunningTrader.start(options);
    await trader.ready(8_000);
    expect(await trader.stop()).toBe(0);
    expect((await sessionsOf(url))[0]).toMatchObject({ status: 'closed', endReason: 'SIGTERM', gaps: 0 });
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });

  test('by a second signal while the database is away', async () => {
    const { url, exchange, options } = await place();
    await using _exchange = exchange;
    await using trader = await RunningTrader.start(briefly(options));
    const first = (await trader.ready(100)).session!.id;
    await server.halt();
    trader.child.kill('SIGTERM');
    await vi.waitFor(() => expect(trader.log).toContain('ready → shutdown'), { timeout: 30_000, interval: 20 });
    using _later = again(() => trader.child.kill('SIGTERM'));
    expect(await trader.exited).toBe(143);
    await server.start();

    await using next = await RunningTrader.start(briefly(options));
    await next.ready();
    expect((await sessionsOf(url))[0]).toMatchObject({ id: first, status: 'reclaimed' });
    expect(await next.stop()).toBe(0);
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });

  test('by a stop that cannot end the session: the process is gone in time, and the next start ends it', async () => {
    const { url, exchange, options } = await place({ drainMs: 2_000 });
    await using _exchange = exchange;
    await using trader = await RunningTrader.start(briefly(options));
    const first = (await trader.ready(100)).session!.id;
    await server.halt();
    trader.child.kill('SIGTERM');
    await trader.until('draining', ({ draining }) => draining);
    expect(await trader.answer('/readyz')).toBe(503);
    expect(await trader.exited).toBe(1);
    await server.start();
    await using next = await RunningTrader.start(briefly({ ...options, drainMs: 30_000 }));
    await next.ready();
    expect((await sessionsOf(url))[0]).toMatchObject({ id: first, status: 'reclaimed' });
    expect(await next.stop()).toBe(0);
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });

  test('and nothing lost or stored twice, by a database that crashes in the middle of it', async () => {
    using folder = temporaryFolder('trader-spool-');
    const { url, exchange, options } = await place();
    await using _exchange = exchange;
    const spool = { spool: { dir: folder.path } };
    await using trader = await RunningTrader.start({ ...options, store: { ...options.store, ...spool } });
    const first = (await trader.ready(100)).session!.id;
    for (let round = 1; round <= 2; round++) {
      await server.crash();
      await trader.until('failing store', ({ store }) => store.startsWith('failing'));
      await server.start();
      await trader.until('writing store', ({ state, store }) => state === 'ready' && store === 'writing');
    }
    exchange.control.markets.pauseTrading();
    const books = new Map(exchange.markets.map((market) => [market, exchange.book(market)!]));
    const { session, transitions, feed } = await trader.until(
      'rest of the frames',
      (status) => status.feed!.counters.frames === exchange.totals().framesSent,
    );
    expect(session!.id).toBe(first);
    expect(steps(transitions).at(-1)).toBe('orderbook_connect>ready');
    expect(await trader.stop()).toBe(0);

    const sessions = await sessionsOf(url);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ id: first, status: 'closed', deltas: feed!.counters.deltas, gaps: 0 });
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
    const folded = new Map(exchange.markets.map((market) => [market, new FoldedBook()]));
    for await (const row of storedRows({ url }, first)) folded.get(row.market)!.take(row);
    for (const [market, truth] of books) {
      for (const side of ['yes', 'no'] as const) expect(folded.get(market)!.levels(side), market).toEqual(truth[side]);
    }
  });

  test('by a process that slept for longer than its lease: what was taken from it stays taken, and it begins anew', async () => {
    const { url, exchange, options } = await place();
    await using _exchange = exchange;
    await using trader = await RunningTrader.start(briefly(options));
    const first = (await trader.ready(100)).session!.id;
    trader.child.kill('SIGSTOP');
    {
      await using sweeper = await createSessionStore({
        url,
        spool: false,
        compaction: false,
        lease: { sweepEveryMs: 100 },
      });
      const isReclaimed = async () => (await sweeper.sessions())[0]!.status === 'reclaimed';
      const deadlineMs = performance.now() + 30_000;
      while (!(await isReclaimed())) {
        if (performance.now() > deadlineMs) throw new Error(`not reclaimed: ${await holdersOf(sweeper)}`);
        await new Promise((resolve) => void setTimeout(resolve, 50));
      }
    }
    const taken = (await sessionsOf(url))[0]!;
    trader.child.kill('SIGCONT');
    const back = await trader.until('new session', ({ state, session }) => state === 'ready' && session!.id !== first);
    expect(steps(back.transitions).slice(-3)).toEqual([
      'ready>error',
      'error>orderbook_connect',
      'orderbook_connect>ready',
    ]);
    expect(await trader.stop()).toBe(0);
    const [old, next, ...others] = await sessionsOf(url);
    expect(others).toEqual([]);
    expect(old).toEqual(taken);
    expect(next).toMatchObject({ status: 'closed', continues: first });
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });

  test('by a database that is away at the start: it is waited for, and said so', async () => {
    const { url, exchange, options } = await place();
    await using _exchange = exchange;
    await server.halt();
    await using trader = await RunningTrader.start(options);
    const waiting = await trader.until('refusal', ({ refusal }) => refusal !== null && refusal.count > 1);
    expect(waiting).toMatchObject({ state: 'initializing', refusal: { what: 'store', code: 'DATABASE_UNREACHABLE' } });
    expect(await trader.answer('/readyz')).toBe(503);
    await server.start();
    await trader.ready();
    expect(await trader.stop()).toBe(0);
    expect(await breachesOf(url)).toEqual(NO_BREACHES);
  });
});
