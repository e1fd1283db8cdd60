// What a standby says, and what it does when something fails: two traders of one recorder in this process.
import { createSessionStore } from '@trader/session-store';
import type { Exchange } from '@trader/exchange-simulator';
import { afterEach, expect, test } from 'vitest';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import type { Database } from '../src/config/load-config.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader, type Trader } from '../src/trader.ts';
import { newDatabase, newDataDir } from './databases.ts';
import { SocketReader } from './http-trader.ts';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).toReversed()) await each();
});

/** With an exchange of its own, so that one of two can fail. */
async function trading(
  database: Database,
  { waitForReady = false } = {},
): Promise<{ trader: Trader; exchange: Exchange; base: string }> {
  const { feed, source, exchange } = await simulatedFeed({ markets: 2, seed: 7 });
  cleanUp.push(async () => exchange.close());
  const trader = createTrader({
    feed,
    source,
    database,
    recorder: 'desk',
    port: 0,
    holdDownMs: 300,
    drainMs: 60_000,
    store: { spool: false },
    log: createLog('silent'),
  });
  cleanUp.push(async () => trader.stop('the test is over').catch(() => undefined));
  await trader.start();
  if (waitForReady) await trader.ready;
  return { trader, exchange, base: new URL(trader.url!).origin };
}

const is = async (trader: Trader, state: string): Promise<void> =>
  expect.poll(() => trader.status().state, { timeout: 60_000 }).toBe(state);

test('the socket tells of a standby, for whom it stands by, and of its takeover', async () => {
  const database = { url: await newDatabase() };
  const { trader: first } = await trading(database, { waitForReady: true });
  const { trader: second, base } = await trading(database);
  await using reader = new SocketReader(base);
  expect(await reader.next('state', ({ to }) => to === 'standby')).toMatchObject({ from: 'orderbook_connect' });
  const { status } = await reader.next(
    'status',
    (message) => (message['status'] as { state: string }).state === 'standby',
  );
  const { id } = first.status().session!;
  expect(status).toMatchObject({ ready: false, standbyFor: { sessionId: id }, refusal: null });
  await first.stop('an upgrade');
  expect(await reader.next('session-opened')).toMatchObject({ recorder: 'desk', continues: id });
  expect(await reader.next('state', ({ to }) => to === 'orderbook_connect')).toBeDefined();
  expect(await reader.next('state', ({ to }) => to === 'ready')).toMatchObject({ kind: 'first-start' });
  expect(second.status()).toMatchObject({ standbyFor: null });
});

test('a recorder whose feed is gone for longer than the hold-down leaves its place, and stands by when it is back', async () => {
  const database = { url: await newDatabase() };
  const { trader: first, exchange } = await trading(database, { waitForReady: true });
  const { trader: second } = await trading(database);
  await is(second, 'standby');
  exchange.control.faults.add({ kind: 'refuse', status: 503 });
  exchange.dropConnections();
  await is(second, 'ready');
  exchange.control.faults.clear();
  await is(first, 'standby');
  await second.stop('back again');
  await is(first, 'ready');
  await first.stop('over');
  await using store = await createSessionStore({ ...database, spool: false });
  const rows = (await store.sessions()).toReversed();
  expect(rows.map(({ status }) => status)).toEqual(['health_failure', 'closed', 'closed']);
  expect(rows.map(({ continues }) => continues)).toEqual([null, rows[0]!.id, rows[1]!.id]);
});

test('a standby that is stopped ends cleanly, without a session', async () => {
  const database = { url: await newDatabase() };
  const { trader: first } = await trading(database, { waitForReady: true });
  const { trader: second } = await trading(database);
  await is(second, 'standby');
  await second.stop('enough');
  expect(await second.stopped).toBeNull();
  expect(await second.ready).toBe(false);
  expect(first.status().state).toBe('ready');
});

test('there is no standby on an embedded database: its folder is taken, and the second one ends', async () => {
  const database = { dataDir: newDataDir() };
  await trading(database, { waitForReady: true });
  const { feed, source, exchange } = await simulatedFeed({ markets: 1 });
  cleanUp.push(async () => exchange.close());
  const second = createTrader({
    feed,
    source,
    database,
    recorder: 'desk',
    port: null,
    log: createLog('silent'),
    store: { spool: false },
  });
  await expect(second.start()).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    cause: { code: 'DATA_DIR_LOCKED' },
  });
});
