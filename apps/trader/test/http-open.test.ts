// What is told to those who have shown no token: codes, and nothing of the machine, the database or who else is there.
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import type { Readiness } from '../src/http/status/probes.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader, type TraderOptions } from '../src/trader.ts';
import { newDatabase } from './databases.ts';
import { get, until } from './http-trader.ts';

async function started(options: Pick<TraderOptions, 'database' | 'feed' | 'recorder'>) {
  const trader = createTrader({
    ...options,
    source: 'test',
    port: 0,
    log: createLog('silent'),
    store: { spool: false },
  });
  await trader.start();
  const { origin } = new URL(trader.url!);
  return {
    origin,
    ready: () => get<Readiness>(`${origin}/readyz`),
    [Symbol.asyncDispose]: () => trader.stop('the test is over').catch(() => undefined),
  };
}

/** What no answer may hold. */
const TELLING = [`${hostname()}:`, '127.0.0.1', 'localhost', 'desk', 'ECONN', 'password', 'pid'];

const nowhere = 'ws://127.0.0.1:9/desk';

test('a database that is away is named by its code', async () => {
  const database = { url: 'postgres://desk:a-password@127.0.0.1:9/desk' };
  const { feed, exchange } = await simulatedFeed({ markets: 1 });
  await using _exchange = exchange;
  await using trader = await started({ database, feed, recorder: 'desk' });
  const { body } = await until(trader.ready, ({ body }) => body.causes.length > 1);
  expect(body.causes[0]).toMatchObject({ component: 'trader', status: 'initializing' });
  expect(body.causes[1]).toEqual({ component: 'store', status: 'refused', reason: 'DATABASE_UNREACHABLE' });
  for (const text of TELLING) expect(JSON.stringify(body)).not.toContain(text);
  // Neither ports nor process ids.
  expect(JSON.stringify(body)).not.toMatch(/\d/);
});

test('an exchange that is away, and a recorder that somebody else has, are named by their codes', async () => {
  const database = { url: await newDatabase() };
  const { feed, exchange } = await simulatedFeed({ markets: 1 });
  await using _exchange = exchange;
  await using first = await started({ database, feed, recorder: 'desk' });
  await until(first.ready, ({ status }) => status === 200);

  await using second = await started({ database, feed, recorder: 'desk' });
  const busy = await until(second.ready, ({ body }) => body.state === 'standby');
  expect(busy).toMatchObject({ status: 503, body: { causes: [{ component: 'trader', status: 'standby' }] } });

  const wrong = { ...feed, url: nowhere };
  await using third = await started({ database, feed: wrong, recorder: 'desk-b' });
  const away = await until(third.ready, ({ body }) => body.causes.some(({ reason }) => reason === 'CONNECT_FAILED'));
  for (const { body } of [busy, away]) {
    for (const text of TELLING) expect(JSON.stringify(body)).not.toContain(text);
    expect(JSON.stringify(body)).not.toMatch(/\d/);
  }
});

test('what is refused says nothing of the reason but its code', async () => {
  const database = { url: await newDatabase() };
  const { feed, exchange } = await simulatedFeed({ markets: 1 });
  await using _exchange = exchange;
  await using trader = await started({ database, feed, recorder: 'desk' });
  for (const path of ['/livez', '/nothing', '/books/KX', '/sessions?limit=x', '/ws', '//', '/%', '/readyz?x=%00']) {
    const { body, headers } = await get(trader.origin + path);
    const told = JSON.stringify([body, [...headers]]);
    for (const text of TELLING) expect(told, path).not.toContain(text);
    expect(told).not.toMatch(/fastify|node_modules|\.[tj]s\b|server"/i);
  }
});
