// Somebody ends the session in the database while it records: nothing more can be written to it.
import { createSessionStore } from '@trader/session-store';
import { expect, test, vi } from 'vitest';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { newDatabase, sharedServer } from './databases.ts';

test('a session that is ended under its recorder is followed by a whole new one, on a new connection', async () => {
  const url = await newDatabase();
  const { feed, source, exchange } = await simulatedFeed({ markets: 4, deltasPerSecond: 500 });
  await using _exchange = exchange;
  const log = createLog('silent');
  const trader = createTrader({ feed, source, database: { url }, recorder: 'test', port: null, drainMs: 60_000, log });
  await trader.start();
  expect(await trader.ready).toBe(true);
  const first = trader.status().session!.id;

  await sharedServer().execute(
    url,
    `update sessions set status = 'closed', end_reason = 'by hand', ended_at = now(), lease_until = null where status = 'active'`,
  );
  await vi.waitFor(
    () => {
      const { state, session } = trader.status();
      expect(state).toBe('ready');
      expect(session!.id).not.toBe(first);
    },
    { timeout: 30_000 },
  );
  expect(trader.status().transitions.map(({ to }) => to)).toEqual([
    'initializing',
    'orderbook_connect',
    'ready',
    'error',
    'orderbook_connect',
    'ready',
  ]);
  await trader.stop('done');

  await using store = await createSessionStore({ url });
  const [second, ended] = await store.sessions();
  expect(ended).toMatchObject({ id: first, status: 'closed', endReason: 'by hand' });
  expect(second).toMatchObject({ status: 'closed', endReason: 'done', continues: first });
  const frames = await store.query(
    'select count(distinct market)::int as markets from snapshot_frames where session_id = $1',
    [second!.id],
  );
  expect(frames).toEqual([{ markets: 4 }]);
});

test('a session that the database has lost is followed by a new one, which continues nothing', async () => {
  const url = await newDatabase();
  const { feed, source, exchange } = await simulatedFeed({ markets: 2, deltasPerSecond: 200 });
  await using _exchange = exchange;
  const log = createLog('silent');
  const trader = createTrader({ feed, source, database: { url }, recorder: 'test', port: null, drainMs: 60_000, log });
  await trader.start();
  expect(await trader.ready).toBe(true);
  const first = trader.status().session!.id;
  // As after a restore of a copy that is older than it.
  await sharedServer().execute(url, 'delete from sessions');
  await vi.waitFor(
    () => {
      const { state, session } = trader.status();
      expect(state).toBe('ready');
      expect(session!.id).not.toBe(first);
    },
    { timeout: 30_000 },
  );
  await trader.stop('done');
  await using store = await createSessionStore({ url });
  const sessions = await store.sessions();
  expect(sessions).toMatchObject([{ status: 'closed', endReason: 'done', continues: null }]);
  expect((await store.verify(sessions[0]!.id)).laws.filter(({ problemCount }) => problemCount > 0)).toEqual([]);
});
