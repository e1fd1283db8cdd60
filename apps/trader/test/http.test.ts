// What the trader says over HTTP, asked for over real sockets while it records the simulator.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import parsePrometheus from 'parse-prometheus-text-format';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import type { BookSummary, FullBook } from '../src/http/status/book-report.ts';
import type { Readiness } from '../src/http/status/probes.ts';
import { createLog } from '../src/log/log.ts';
import type { Status } from '../src/status.ts';
import { createTrader } from '../src/trader.ts';
import { newDataDir, newDatabase } from './databases.ts';
import { DRAIN_MS, get, SocketReader, startHttpTrader, until } from './http-trader.ts';
import { startOwnServer } from './own-server.ts';

type ErrorBody = { readonly error: { readonly code: string; readonly message: string } };

describe('a ready trader', () => {
  let running: Awaited<ReturnType<typeof startHttpTrader>>;
  beforeAll(async () => {
    // With an embedded database, beside which there is a spool; the others are on the server.
    running = await startHttpTrader(undefined, { database: { dataDir: newDataDir() } });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  test('is live and ready', async () => {
    expect(await running.get('/livez')).toMatchObject({ status: 200, body: { live: true } });
    expect(await running.get('/readyz')).toMatchObject({ status: 200, body: { ready: true, causes: [] } });
  });

  test('says at /status what it does, since when and what runs', async () => {
    const { body, headers } = await running.get<Status>('/status');
    expect(body).toMatchObject({ state: 'ready', ready: true, store: 'writing', health: { status: 'healthy' } });
    expect(body.uptimeMs).toBeGreaterThan(0);
    expect(body.versions).toEqual({ trader: expect.any(String), node: process.versions.node });
    expect(body.books).toHaveLength(4);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('lists sessions by recorder, status and limit', async () => {
    const { id } = running.trader.status().session!;
    const sessions = async (query: string) =>
      (await running.get<{ sessions: { id: string }[] }>(`/sessions${query}`)).body.sessions.map(({ id }) => id);
    expect(await sessions('')).toEqual([id]);
    expect(await sessions('?recorder=test&status=active&limit=1')).toEqual([id]);
    expect(await sessions('?recorder=somebody-else')).toEqual([]);
    expect(await sessions('?status=closed')).toEqual([]);
  });

  test.each([
    '/sessions?status=activ',
    '/sessions?limit=0',
    '/sessions?limit=99999',
    '/sessions?limit=many',
    '/sessions?recoder=test',
    '/sessions?recorder=%00',
    '/sessions?limit=1&limit=2',
    '/status?market=KX',
    '/books?market=KX',
    '/books/KX?depth=5',
    '/metrics?name[]=x',
  ])('refuses the query of %s by name, without two full stops', async (path) => {
    const { status, body } = await running.get<ErrorBody>(path);
    expect([status, body.error.code]).toEqual([400, 'QUERY_INVALID']);
    expect(body.error.message).not.toContain('..');
  });

  test.each(['/livez?_=1', '/readyz?verbose', '/standbyz?x'])(
    'answers %s: a probe that was refused would restart the process',
    async (path) => {
      expect((await running.get(path)).status).toBe(200);
    },
  );

  test('shows every book, and one with all its levels in exact decimal text', async () => {
    const market = running.exchange.markets[0]!;
    const { body } = await running.get<{ books: BookSummary[] }>('/books');
    expect(body.books.map(({ market }) => market).toSorted()).toEqual([...running.exchange.markets].toSorted());
    const { body: book } = await running.get<FullBook>(`/books/${market}`);
    expect(book).toMatchObject({ market, synced: true, staleReason: null });
    expect(book.ageMs).toBeGreaterThanOrEqual(0);
    expect(book.yes).toHaveLength(book.yesDepth);
    expect(book.no).toHaveLength(book.noDepth);
    for (const [price, size] of [...book.yes, ...book.no]) {
      expect(price).toMatch(/^0\.\d{4}$/);
      expect(size).toMatch(/^\d+\.\d{2}$/);
    }
    expect(book.yes.map(([price]) => price)).toEqual(
      book.yes
        .map(([price]) => price)
        .toSorted()
        .toReversed(),
    );
  });

  test.each([
    ['/books/KXNOBODY', 404, 'BOOK_UNKNOWN'],
    ['/nothing', 404, 'NOT_FOUND'],
    ['/ws', 426, 'UPGRADE_REQUIRED'],
    ['/books/%E0%A4%A', 400, 'REQUEST_INVALID'],
  ])('answers %s with %i and the code %s', async (path, status, code) => {
    const answer = await running.get<ErrorBody>(path);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(Object.keys(answer.body)).toEqual(['error']);
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.[tj]s\b/);
  });

  test('gives metrics that a Prometheus parser reads, and that rise with the feed', async () => {
    // A database that is busy gives no count within a second; then there is none in the first answer.
    const first = await until(
      () => scrape(running.base),
      (metrics) => metrics['trader_sessions']?.['status=active'] !== undefined,
    );
    expect(first['trader_ready']).toEqual({ '': 1 });
    expect(first['trader_state']).toMatchObject({ 'state=ready': 1, 'state=error': 0, 'state=startup': 0 });
    expect(first['trader_feed_phase']).toMatchObject({ 'phase=live': 1, 'phase=waiting': 0 });
    expect(first['trader_component_health']).toMatchObject({ 'component=feed,status=healthy': 1 });
    expect(first['trader_store_state']).toMatchObject({ 'state=writing': 1, 'state=failing': 0 });
    expect(first['trader_sessions']).toMatchObject({ 'status=active': 1, 'status=closed': 0 });
    expect(first['trader_books_synced']).toEqual({ '': 4 });
    const next = await until(
      () => scrape(running.base),
      // The lag is measured from scrape to scrape, by a timer that has to have fired.
      (metrics) =>
        value(metrics, 'trader_feed_deltas_total') > value(first, 'trader_feed_deltas_total') + 20 &&
        value(metrics, 'nodejs_eventloop_lag_p99_seconds') > 0,
    );
    for (const name of ['trader_feed_frames_total', 'trader_uptime_seconds', 'process_cpu_seconds_total']) {
      expect(value(next, name), name).toBeGreaterThan(value(first, name));
    }
    expect(next['trader_state_seconds_total']!['state=ready']).toBeGreaterThan(
      first['trader_state_seconds_total']!['state=ready']!,
    );
    expect(value(next, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  test('says what is written, how long it takes, and what waits for it', async () => {
    const metrics = await until(
      () => scrape(running.base),
      (metrics) => value(metrics, 'trader_store_written_records_total') > 0,
    );
    const { body } = await running.get<Status>('/status');
    const text = String((await running.get('/metrics')).body);
    expect(Number(/^trader_store_write_seconds_count (\d+)$/m.exec(text)![1])).toBeGreaterThan(0);
    expect(value(metrics, 'trader_store_written_bytes_total')).toBeGreaterThan(0);
    expect(metrics['trader_store_failing']).toEqual({ 'part=spool': 0, 'part=database': 0 });
    expect(metrics['trader_refused_in_a_row']).toEqual({ 'what=store': 0, 'what=session': 0 });
    for (const name of ['trader_spool_records', 'trader_spool_bytes', 'trader_store_queued_bytes']) {
      expect(value(metrics, name), name).toBeGreaterThanOrEqual(0);
    }
    expect(body.backlog!.spooledRecords).toBeGreaterThanOrEqual(0);
    expect(body).toMatchObject({ storeFailures: [], discovery: null, written: { batches: expect.any(Number) } });
    expect(body.written.records).toBeGreaterThanOrEqual(value(metrics, 'trader_store_written_records_total'));
  });

  test('counts the delay of every delta that has a time', async () => {
    const { text, count } = await until(
      async () => {
        const { body } = await running.get<string>('/metrics');
        return { text: body, count: Number(/^trader_feed_delay_seconds_count (\d+)$/m.exec(body)![1]) };
      },
      ({ count }) => count > 0,
    );
    const below = (bound: string) =>
      Number(new RegExp(`^trader_feed_delay_seconds_bucket\\{le="${bound}"\\} (\\d+)$`, 'm').exec(text)![1]);
    expect(below('\\+Inf')).toBe(count);
    expect(below('-0.5')).toBeLessThanOrEqual(below('60'));
  });
});

test('a feed that is cut for longer than the patience makes it unready, with the cause; its return, ready again', async () => {
  await using running = await startHttpTrader({ markets: 2, deltasPerSecond: 50 }, { holdDownMs: 200 });
  const { exchange } = running;
  exchange.control.faults.add({ kind: 'refuse', status: 503 });
  exchange.dropConnections();
  const readyz = () => running.get<Readiness>('/readyz');
  const { body } = await until(readyz, ({ status, body }) => status === 503 && body.state === 'error');
  expect(body).toMatchObject({ ready: false, state: 'error' });
  expect(body.causes[0]).toMatchObject({ component: 'trader', status: 'error' });
  expect(body.causes.map(({ component }) => component)).toContain('feed');
  expect((await running.get('/livez')).status).toBe(200);
  const stale = await running.get<FullBook>(`/books/${exchange.markets[0]}`);
  expect(stale.body).toMatchObject({ synced: false, staleReason: 'disconnected' });
  exchange.control.faults.clear();
  await until(readyz, ({ status }) => status === 200);
  const metrics = await scrape(running.base);
  expect(metrics['trader_state_entered_total']).toMatchObject({ 'state=ready': 2, 'state=error': 1 });
});

test('is not ready before the feed is there, and says what it waits for', async () => {
  const { feed, exchange } = await simulatedFeed({ markets: 1, faults: [{ kind: 'refuse', status: 503 }] });
  await using _exchange = exchange;
  const database = { url: await newDatabase() };
  const log = createLog('silent');
  const trader = createTrader({ feed, source: 'test', database, recorder: 'test', port: 0, drainMs: DRAIN_MS, log });
  await trader.start();
  const { origin } = new URL(trader.url!);
  const { status, body } = await get<Readiness>(`${origin}/readyz`);
  expect(status).toBe(503);
  expect(body).toMatchObject({ ready: false, state: 'orderbook_connect' });
  expect(body.causes.length).toBeGreaterThan(1);
  expect(await get(`${origin}/sessions`)).toMatchObject({ status: 200, body: { sessions: [] } });
  await trader.stop('done');
});

test('no endpoint and no message holds the key, its name, the token or the database’s password', async () => {
  using folder = temporaryFolder();
  const tokenFile = join(folder.path, 'token');
  writeFileSync(tokenFile, 'a-token-of-some-length');
  const url = (await newDatabase()).replace('postgres@', 'postgres:a-password@');
  const { feed, source, exchange } = await simulatedFeed({ markets: 1 });
  await using _exchange = exchange;
  const trader = createTrader({
    feed,
    source,
    database: { url },
    recorder: 'test',
    port: 0,
    http: { tokenFile },
    drainMs: DRAIN_MS,
    log: createLog('silent'),
  });
  await trader.start();
  await trader.ready;
  const { origin } = new URL(trader.url!);
  const headers = { authorization: 'Bearer a-token-of-some-length' };
  const reader = new SocketReader(origin, '/ws', [], { headers });
  await reader.next('status');
  const told: unknown[] = [];
  for (const path of ['/livez', '/readyz', '/standbyz', '/status', '/sessions', '/books', '/metrics', '/nothing']) {
    const { body } = await get(origin + path, headers);
    told.push(body, (await get(`${origin}${path}?token=a-guess`)).body);
  }
  await trader.stop('done');
  await reader.closed;
  const text = JSON.stringify([told, reader.messages]);
  expect(text).toContain('orderbook_connect');
  const { keyId, privateKeyPem } = feed.credentials;
  for (const secret of ['a-password', 'a-token', 'a-guess', 'PRIVATE KEY', privateKeyPem.split('\n')[1]!, keyId]) {
    expect(text).not.toContain(secret);
  }
});

test('while it drains readiness is 503 at once, everything else goes on, and sockets get 1001 at the end', async () => {
  await using server = await startOwnServer();
  const database = { url: await server.createDatabase() };
  const { trader, base, ...running } = await startHttpTrader({ markets: 1 }, { database });
  await using _running = { [Symbol.asyncDispose]: running[Symbol.asyncDispose] };
  const reader = new SocketReader(base);
  await reader.next('hello');
  // The session cannot be closed as long as the database is away: the drain lasts.
  await server.halt();
  const stopped = trader.stop('SIGTERM');
  const { status, body } = await get<Readiness>(`${base}/readyz`);
  expect([status, body.state, body.causes[0]!.reason]).toEqual([503, 'shutdown', 'drain']);
  expect((await get(`${base}/livez`)).status).toBe(200);
  expect((await get(`${base}/metrics`)).status).toBe(200);
  const failed = await get<ErrorBody>(`${base}/sessions`);
  expect([failed.status, failed.body.error.code]).toEqual([503, 'STORE_UNAVAILABLE']);
  await server.start();
  await stopped;
  await reader.next('session-ended', ({ session }) => (session as { status: string }).status === 'closed');
  expect(await reader.closed).toMatchObject({ code: 1001 });
  await expect(get(`${base}/livez`)).rejects.toThrow('fetch failed');
});

type Metrics = Record<string, Record<string, number>>;

/** By name, then by labels: `state=ready`. */
async function scrape(base: string): Promise<Metrics> {
  const { body, headers } = await get(`${base}/metrics`);
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const metrics: Metrics = {};
  for (const { name, help, type, metrics: samples } of parsePrometheus(String(body))) {
    expect(help, name).not.toBe('');
    expect(type, name).toMatch(/^(COUNTER|GAUGE|HISTOGRAM|SUMMARY)$/);
    const labelled = samples.map(({ labels = {}, value = NaN }) => [
      Object.entries(labels)
        .map((pair) => pair.join('='))
        .join(','),
      Number(value),
    ]);
    metrics[name] = Object.fromEntries(labelled) as Record<string, number>;
  }
  return metrics;
}

const value = (metrics: Metrics, name: string): number => metrics[name]?.[''] ?? Number.NaN;
