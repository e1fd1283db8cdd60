// What keeps the feed from being a feed, on real sockets: nobody reads it, or nothing comes.
import { createSessionStore } from '@trader/session-store';
import { describe, expect, test, vi } from 'vitest';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { newDatabase, sharedServer } from './databases.ts';

const patience = { timeout: 60_000, interval: 50 };

/** A trader that ends a session soon. */
async function recording({ deltasPerSecond, highWaterRecords }: { deltasPerSecond: number; highWaterRecords: number }) {
  const url = await newDatabase();
  const { feed, source, exchange } = await simulatedFeed({ markets: 3, deltasPerSecond });
  const lines: string[] = [];
  const trader = createTrader({
    feed,
    source,
    database: { url },
    recorder: 'test',
    port: 0,
    holdDownMs: 1_500,
    drainMs: 30_000,
    store: { spool: false, queue: { highWaterRecords }, batch: { maxAgeMs: 100 } },
    log: createLog('info', { destination: { write: (line) => void lines.push(line) } }),
  });
  await trader.start();
  expect(await trader.ready).toBe(true);
  return { url, exchange, trader, lines, session: trader.status().session!.id };
}

async function sessionsOf(url: string) {
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  return await store.sessions();
}

describe('a session ends as health_failure, and the next one begins once the feed is really there,', () => {
  test('when the feed is not read for longer than the hold-down; the books say so, and the hole begins where reading stopped', async () => {
    // It soon has no room.
    const { url, exchange, trader, lines, session } = await recording({
      deltasPerSecond: 500,
      highWaterRecords: 1_000,
    });
    await using _exchange = exchange;
    const lockedAtMs = Date.now();
    // Held until it is ended below.
    const lock = 'begin; lock table delta_chunks in access exclusive mode; select pg_sleep(600)';
    const locked = sharedServer()
      .execute(url, lock)
      .catch(() => undefined);
    await vi.waitFor(() => {
      const { health, ready, recorder } = trader.status();
      expect(recorder).toMatchObject({ reading: 'paused', unreadCause: 'STORE_BEHIND' });
      expect({ ready, causes: health.causes }).toMatchObject({ ready: false, causes: [{ component: 'reading' }] });
    }, patience);
    const pausedAtMs = Date.now();
    await vi.waitFor(() => {
      const { books, health } = trader.status();
      expect(books.map(({ synced, staleReason }) => [synced, staleReason])).toEqual(books.map(() => [false, 'paused']));
      expect(health.status).toBe('unhealthy');
    }, patience);
    const metrics = await (await fetch(new URL('/metrics', trader.url!))).text();
    expect(Number(/^trader_feed_unread_seconds (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
    const holders = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(600)'`;
    await sharedServer().execute(url, holders);
    await locked;
    await vi.waitFor(() => {
      const status = trader.status();
      expect(status.state).toBe('ready');
      expect(status.session!.id).not.toBe(session);
      expect(status.recorder).toMatchObject({ reading: 'read' });
    }, patience);
    const { market } = trader.status().books[0]!;
    await trader.stop('done');
    const [next, ended] = await sessionsOf(url);
    expect(ended).toMatchObject({ id: session, status: 'health_failure' });
    expect(ended!.endReason).toContain('STORE_BEHIND');
    expect(next).toMatchObject({ status: 'closed', continues: session });
    await using store = await createSessionStore({ url, spool: false, compaction: false });
    const hole = (await store.coverage(market, lockedAtMs, Date.now())).find(({ cause }) => cause === 'paused');
    expect(hole!.fromMs).toBeLessThanOrEqual(pausedAtMs);
    expect(hole!.toMs - hole!.fromMs).toBeGreaterThan(1_000);
    for (const { id } of [ended!, next!])
      expect((await store.verify(id)).laws.filter(({ problemCount }) => problemCount > 0)).toEqual([]);
    const told = lines.filter((line) => line.includes('health of reading'));
    expect(told[1]).toContain('healthy → degraded: STORE_BEHIND');
    expect(told.at(-1)).toContain('degraded → healthy');
  });

  test('when connections are made and nothing comes on them', async () => {
    const { url, exchange, trader, session } = await recording({ deltasPerSecond: 100, highWaterRecords: 100_000 });
    await using _exchange = exchange;
    const stall = exchange.control.faults.add({ kind: 'stall' });
    exchange.control.dropConnections();
    const row = await vi.waitFor(async () => {
      const { session: open, state } = trader.status();
      expect({ open, state }).toEqual({
        open: null,
        state: expect.stringMatching(/^(error|orderbook_connect)$/) as string,
      });
      const [ended] = await sessionsOf(url);
      expect(ended).toMatchObject({ id: session, status: 'health_failure' });
      return ended!;
    }, patience);
    expect(row.endReason).toContain('subscribing');
    expect(trader.client!.status().phase).not.toBe('live');
    exchange.control.faults.remove(stall);
    await vi.waitFor(() => expect(trader.status()).toMatchObject({ state: 'ready' }), patience);
    expect(trader.status().session!.id).not.toBe(session);
    await trader.stop('done');
    expect(await sessionsOf(url)).toMatchObject([{ status: 'closed', continues: session }, { id: session }]);
  });
});
