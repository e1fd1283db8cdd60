// The status socket: what it tells, to whom, and what it does with those who do not behave.
import { describe, expect, test } from 'vitest';
import type { BookSummary } from '../src/http/status/book-report.ts';
import { get, SocketReader, startHttpTrader, until, type Message } from './http-trader.ts';
import { happening, serveView } from './http-view.ts';

const EVENTS = ['state', 'health', 'session-opened', 'session-ended'];
const eventsOf = (reader: SocketReader): Message[] => reader.messages.filter(({ type }) => EVENTS.includes(type));

async function metric(base: string, sample: string): Promise<number> {
  const { body } = await get<string>(`${base}/metrics`);
  const line = body.split('\n').find((line) => line.startsWith(`${sample} `));
  return Number(line?.slice(sample.length + 1));
}

describe('what happens', () => {
  test('is told to late joiners from the beginning, and to those who were away from where they were', async () => {
    await using running = await startHttpTrader({ markets: 2, deltasPerSecond: 50 }, { holdDownMs: 100 });
    const { base, exchange } = running;
    await using early = new SocketReader(base);
    expect(await early.next('hello')).toMatchObject({ missed: 0, versions: { node: process.versions.node } });
    await early.next('status');
    const begun = eventsOf(early);
    const states = begun.filter(({ type }) => type === 'state').map(({ to }) => to);
    expect(states).toEqual(['initializing', 'orderbook_connect', 'ready']);
    expect(begun.filter(({ type }) => type === 'session-opened')).toMatchObject([
      { recorder: 'test', continues: null },
    ]);

    exchange.control.faults.add({ kind: 'refuse', status: 503 });
    exchange.dropConnections();
    const ended = await early.next('session-ended');
    expect(ended).toMatchObject({ session: { status: 'health_failure' } });
    exchange.control.faults.clear();
    await early.next('state', ({ to }) => to === 'ready');
    const opened = eventsOf(early).findLast(({ type }) => type === 'session-opened');
    expect(opened).toMatchObject({ continues: (ended['session'] as { id: string }).id });

    const since = begun.at(-1)!['id'];
    await using late = new SocketReader(base, `/ws?since=${String(since)}`);
    expect(await late.next('hello')).toMatchObject({ missed: 0 });
    await late.next('status');
    // What is told now is told to both, to one of them first.
    const told = eventsOf(late);
    await expect.poll(() => eventsOf(early).slice(begun.length, begun.length + told.length)).toEqual(told);
    expect(eventsOf(late)).toContainEqual(opened);
  });

  test('comes with a status every second, without the lists', async () => {
    await using running = await startHttpTrader({ markets: 1 });
    await using reader = new SocketReader(running.base);
    const first = await reader.next('status');
    const second = await reader.next('status');
    expect(first['status']).toMatchObject({ state: 'ready', feed: { synced: 1 } });
    expect(Object.keys(first['status'] as object)).not.toContain('books');
    expect(second['atMs']).toBeGreaterThan(first['atMs'] as number);
  });
});

describe('book summaries', () => {
  test('come of subscribed books only, when they changed, and far fewer than changes', async () => {
    await using running = await startHttpTrader({ markets: 2, deltasPerSecond: 2_000 });
    const { base, exchange, trader } = running;
    const [market] = exchange.markets;
    await using reader = new SocketReader(base);
    await reader.next('hello');
    reader.ask({ subscribe: { books: [market] } });
    expect(await reader.next('subscribed')).toEqual({ type: 'subscribed', books: [market], levels: [] });
    const before = trader.client!.status().counters.deltas;
    for (let told = 0; told < 4; told++) expect(await reader.next('book')).toMatchObject({ market });
    const books = reader.messages.filter(({ type }) => type === 'book').length;
    expect(trader.client!.status().counters.deltas - before).toBeGreaterThan(20 * books);
    reader.ask({ unsubscribe: { books: [market] } });
    expect(await reader.next('subscribed')).toMatchObject({ books: [] });
    const after = reader.messages.length;
    await reader.next('status');
    await reader.next('status');
    expect(reader.messages.slice(after).filter(({ type }) => type === 'book')).toEqual([]);
  });

  test('say once how a quiet book is, then when it goes stale, when it is right again, and when it is gone', async () => {
    await using running = await startHttpTrader({ markets: 1, deltasPerSecond: 0.001 });
    const { base, exchange, trader } = running;
    const market = exchange.markets[0]!;
    await using reader = new SocketReader(base);
    await reader.next('hello');
    reader.ask({ subscribe: { books: [market] } });
    const book = (await reader.next('book')) as unknown as BookSummary;
    expect(book).toMatchObject({ market, synced: true, staleReason: null, yesDepth: expect.any(Number) });
    await reader.next('status');
    await reader.next('status');
    expect(reader.messages.filter(({ type }) => type === 'book')).toHaveLength(1);

    const refused = exchange.control.faults.add({ kind: 'refuse', status: 503 });
    exchange.dropConnections();
    expect(await reader.next('book')).toMatchObject({ synced: false, staleReason: 'disconnected' });
    exchange.control.faults.remove(refused);
    await reader.next('book', ({ synced }) => synced === true);

    trader.client!.removeMarkets([market]);
    expect(await reader.next('book-gone')).toMatchObject({ market });
    reader.ask({ subscribe: { books: [market] } });
    expect(await reader.next('error')).toMatchObject({ error: { code: 'BOOK_UNKNOWN' } });
  });
});

describe('a client that', () => {
  test('does not read is dropped with a reason, and another one misses nothing', async () => {
    await using served = await serveView({ maxBufferedBytes: 65_536 });
    const { base, events } = served;
    const slow = new SocketReader(base);
    await using quick = new SocketReader(base);
    await Promise.all([slow.next('status'), quick.next('status')]);
    slow.socket.pause();
    let told = 0;
    // What fits into the network's own buffers is some megabytes, and differs from machine to machine.
    while ((await metric(base, 'trader_ws_dropped_total{reason="slow"}')) === 0) {
      for (let i = 0; i < 4; i++) events.add(happening(`${++told} ${'x'.repeat(50_000)}`));
      await quick.next('health', ({ reason }) => String(reason).startsWith(`${told} `));
    }
    slow.socket.resume();
    const { code, reason } = await slow.closed;
    expect([code, reason.split(':')[0]]).toEqual([1008, 'SLOW_CLIENT']);
    expect(eventsOf(quick)).toHaveLength(told);
    expect(eventsOf(slow).length).toBeLessThan(told);
    expect(
      await until(
        () => metric(base, 'trader_ws_clients'),
        (clients) => clients === 1,
      ),
    ).toBe(1);
  });

  test('answers no ping is dropped', async () => {
    await using served = await serveView({ pingIntervalMs: 50 });
    const dead = new SocketReader(served.base, '/ws', [], { autoPong: false });
    expect((await dead.closed).code).toBe(1006);
    expect(await metric(served.base, 'trader_ws_dropped_total{reason="no-pong"}')).toBe(1);
  });

  test('sends too much in one message is closed with 1009', async () => {
    await using served = await serveView();
    const loud = new SocketReader(served.base);
    await loud.next('hello');
    loud.ask('x'.repeat(4_097));
    expect((await loud.closed).code).toBe(1009);
    expect(await metric(served.base, 'trader_ws_dropped_total{reason="message-too-large"}')).toBe(1);
  });

  test('asks for what there is not is told so by name, and stays', async () => {
    await using served = await serveView();
    await using reader = new SocketReader(served.base);
    const codes: unknown[] = [];
    const asked = [
      'no json',
      '{"hello":1}',
      '[]',
      { subscribe: { books: [] } },
      { subscribe: { books: ['KX'] }, x: 1 },
    ];
    await reader.next('hello');
    for (const message of [...asked, { subscribe: { books: ['KXNOBODY'] } }]) {
      reader.ask(message);
      codes.push(((await reader.next('error'))['error'] as { code: string }).code);
    }
    reader.socket.send(Buffer.from('{"subscribe":{"books":["KX"]}}'), { binary: true });
    codes.push(((await reader.next('error'))['error'] as { code: string }).code);
    const unknown = 'MESSAGE_UNKNOWN';
    expect(codes).toEqual(['MESSAGE_INVALID', unknown, unknown, unknown, unknown, 'BOOK_UNKNOWN', 'MESSAGE_INVALID']);
    await reader.next('status');
  });

  test('comes to a server that closes is turned away, and one that does not say goodbye is cut off', async () => {
    const { base, server } = await serveView();
    const dead = new SocketReader(base);
    await dead.next('hello');
    dead.socket.pause();
    // Long enough to ask in the meantime.
    const closing = server.close(3_000);
    expect(await new SocketReader(base).refused()).toEqual({ status: 503, code: 'SHUTTING_DOWN' });
    await closing;
    await expect(get(`${base}/livez`)).rejects.toThrow('fetch failed');
    dead.socket.resume();
    await dead.closed;
  });

  test('comes when the house is full is turned away until another one leaves', async () => {
    await using served = await serveView({ maxClients: 2 });
    const { base } = served;
    const first = new SocketReader(base);
    await using second = new SocketReader(base);
    await Promise.all([first.next('hello'), second.next('hello')]);
    expect(await new SocketReader(base).refused()).toEqual({ status: 503, code: 'TOO_MANY_CLIENTS' });
    expect(await metric(base, 'trader_http_refusals_total{code="TOO_MANY_CLIENTS"}')).toBe(1);
    await first[Symbol.asyncDispose]();
    await until(
      () => metric(base, 'trader_ws_clients'),
      (clients) => clients === 1,
    );
    await using third = new SocketReader(base);
    await third.next('hello');
  });

  test.each([
    ['from a page of another origin', '/ws', { origin: 'https://evil.example' }, 403, 'ORIGIN_REFUSED'],
    ['under another host name', '/ws', { headers: { host: 'evil.example' } }, 403, 'HOST_REFUSED'],
    ['on another path', '/wss', {}, 404, 'NOT_FOUND'],
    ['with an id that nobody gave', '/ws?since=yesterday', {}, 400, 'QUERY_INVALID'],
  ])('comes %s is turned away', async (_how, path, options, status, code) => {
    await using served = await serveView();
    expect(await new SocketReader(served.base, path, [], options).refused()).toEqual({ status, code });
    expect(await metric(served.base, `trader_http_refusals_total{code="${code}"}`)).toBe(1);
  });

  test('comes from a page of ours, or of a listed origin, is let in', async () => {
    await using served = await serveView({ allowedOrigins: ['https://desk.example'] });
    for (const origin of [served.base, 'https://desk.example']) {
      await using reader = new SocketReader(served.base, '/ws', [], { origin });
      expect(await reader.next('hello')).toMatchObject({ missed: 0 });
    }
  });
});
