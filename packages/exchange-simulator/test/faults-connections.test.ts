// Each fault of connections, handshakes and the exchange as a whole, as a plain WebSocket client sees it.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, it } from 'vitest';
import { createExchange, type Fault } from '../src/index.ts';
import { type Handshake, signedHeaders } from './client.ts';
import { deltas, FaultyExchange, startMs, type WireClient } from './fault-client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

/** Waits until the tape has played as many deltas: what was to be sent is sent, or withheld. */
const played = async ({ exchange }: FaultyExchange, count: number): Promise<void> => {
  await expect.poll(() => exchange.totals().deltasPlayed).toBe(count);
};

const came = (client: WireClient, count: number) => client.until(() => deltas(client).length >= count);

describe('a stall', () => {
  it('brings no frame while pings go on, and what was withheld is lost', async () => {
    await using world = await FaultyExchange.start([{ kind: 'stall', from: '1500ms', until: '10500ms' }], {
      pingIntervalMs: 5000,
    });
    const client = await world.subscribed();
    world.runtime.advance(1000);
    await came(client, 1);
    world.runtime.advance(9000);
    await played(world, 10);
    await client.until(() => client.pings.length === 2);
    client.socket.ping('alive?');
    await client.until(() => client.pongs.includes('alive?'));
    client.send({ id: 2, cmd: 'list_subscriptions' });
    await expect.poll(() => world.exchange.totals().commands).toBe(2);
    expect(client.messages).toHaveLength(3);
    world.runtime.advance(1000);
    await came(client, 2);
    expect(deltas(client)).toEqual([1, 11]);
    expect(client.frames.at(-1)?.seq).toBe(12);
    expect(world.hits('stall')).toBe(10);
  });

  it('brings all of it afterwards, in order, when it shall', async () => {
    await using world = await FaultyExchange.start([
      { kind: 'stall', afterwards: 'deliver', from: '500ms', until: '10s' },
    ]);
    const client = await world.subscribed();
    world.runtime.advance(5000);
    await played(world, 5);
    expect(deltas(client)).toEqual([]);
    world.runtime.advance(6000);
    await came(client, 11);
    expect(deltas(client)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe('keep-alive', () => {
  it('has no pings', async () => {
    await using world = await FaultyExchange.start([{ kind: 'no-pings', count: 2 }], { pingIntervalMs: 10_000 });
    const client = await world.subscribed();
    world.runtime.advance(30_000);
    await client.until(() => client.pings.length > 0);
    await client.barrier(2);
    expect(client.pings).toEqual(['heartbeat']);
    expect(world.exchange.totals().pingsSent).toBe(1);
  });

  it('has no answer to the client’s pings', async () => {
    await using world = await FaultyExchange.start([{ kind: 'no-pongs', count: 1 }]);
    const client = await world.connect();
    client.socket.ping('first');
    client.socket.ping('second');
    await client.until(() => client.pongs.length > 0);
    expect(client.pongs).toEqual(['second']);
  });
});

describe('a half-open connection', () => {
  it('stays open with nothing in and nothing out, and is cut in the end', async () => {
    await using world = await FaultyExchange.start([{ kind: 'half-open', from: '500ms', until: '60s' }], {
      pingIntervalMs: 10_000,
    });
    const client = await world.subscribed();
    world.runtime.advance(500);
    client.socket.ping('anybody?');
    client.send({ id: 2, cmd: 'list_subscriptions' });
    world.runtime.advance(30_000);
    await played(world, 20);
    await using other = await world.connect();
    expect(other.socket.readyState).toBe(1);
    expect(world.exchange.totals()).toMatchObject({ commands: 1, pingsSent: 0, openConnections: 2 });
    expect(client.messages).toHaveLength(2);
    expect([client.pongs, client.pings]).toEqual([[], []]);
    expect(client.socket.readyState).toBe(1);
    world.runtime.advance(30_000);
    expect(await client.closed).toMatchObject({ code: 1006 });
  });
});

describe('a server that stops reading', () => {
  it('goes on sending, and reads what was sent to it when the fault is removed', async () => {
    await using world = await FaultyExchange.start([]);
    const client = await world.subscribed();
    const id = world.exchange.control.faults.add({ kind: 'stop-reading' });
    client.send({ id: 2, cmd: 'list_subscriptions' });
    client.socket.ping('read?');
    world.runtime.advance(3000);
    await came(client, 3);
    expect(client.of('ok')).toEqual([]);
    expect(client.pongs).toEqual([]);
    expect(world.exchange.control.faults.remove(id)).toBe(true);
    await client.until(() => client.of('ok').length === 1 && client.pongs.length === 1);
  });
});

describe('a slow link', () => {
  it('lets as many bytes through as it is wide', async () => {
    await using world = await FaultyExchange.start([{ kind: 'slow-link', bytesPerSecond: 100, from: '1ms' }]);
    const client = await world.subscribed();
    world.runtime.advance(1000);
    await played(world, 1);
    expect(deltas(client)).toEqual([]);
    world.runtime.advance(1000);
    await played(world, 2);
    expect(deltas(client)).toEqual([]);
    // A delta has more than 200 and less than 300 bytes.
    world.runtime.advance(2000);
    await came(client, 1);
    await played(world, 4);
    expect(deltas(client)).toEqual([1]);
    world.exchange.control.faults.clear();
    await came(client, 4);
    expect(deltas(client)).toEqual([1, 2, 3, 4]);
  });

  it('ends in error 25 when more has to wait than the buffer holds', async () => {
    using folder = temporaryFolder();
    const lines = Array.from({ length: 1000 }, (_, index) => at(1000 + index, deltaOf('A', 'yes', '0.1000', '1.00')));
    const tape = writeTape(folder, 'busy.ndjson', [at(0, snapshotOf('A')), ...lines]);
    await using world = await FaultyExchange.start([{ kind: 'slow-link', bytesPerSecond: 10_000 }], {
      tapes: [tape],
      maxBufferedBytes: 65_536,
    });
    const client = await world.connect();
    client.subscribe(1, ['A']);
    await expect.poll(() => world.exchange.totals().commands).toBe(1);
    world.runtime.advance(2000);
    await expect.poll(() => world.exchange.totals().errorsSent).toEqual({ 25: 1 });
    world.runtime.advance(60_000);
    await client.until(() => client.of('error').length > 0);
    expect(deltas(client).length).toBeLessThan(1000);
  });
});

describe('the default of use_yes_price', () => {
  it('is flipped for those who do not say', async () => {
    await using world = await FaultyExchange.start([{ kind: 'flip-yes-price' }]);
    const [silent, explicit] = [await world.subscribed(), await world.subscribed(['A'], { use_yes_price: false })];
    expect(silent.of('orderbook_snapshot')[0]?.msg).toMatchObject({ no_dollars_fp: [['0.7000', '70.00']] });
    expect(explicit.of('orderbook_snapshot')[0]?.msg).toMatchObject({ no_dollars_fp: [['0.3000', '70.00']] });
  });
});

describe('a skewed clock', () => {
  it('is on the Date header and on the times of frames', async () => {
    await using world = await FaultyExchange.start([{ kind: 'clock-skew', by: '-5s' }]);
    const client = await world.subscribed();
    world.runtime.advance(1000);
    await came(client, 1);
    expect(client.date).toBe(new Date(startMs - 5000).toUTCString());
    expect(client.of('orderbook_delta')[0]?.msg).toMatchObject({
      ts_ms: startMs + 1000 - 5000,
      ts: '2026-08-07T06:46:23.97871Z',
    });
  });

  it('makes handshakes fail that are signed with the right time, for whom it is aimed at', async () => {
    await using world = await FaultyExchange.start([{ kind: 'clock-skew', by: '2m', aim: { connection: 1 } }]);
    const refused = await answerTo(world);
    expect(refused).toMatchObject({
      status: 401,
      date: new Date(startMs + 120_000).toUTCString(),
      body: { error: { code: 'header_timestamp_expired' } },
    });
    const client = await world.connect();
    expect(client.date).toBe(new Date(startMs).toUTCString());
  });
});

type Answer = { status: number | undefined; date: string | undefined; retryAfter: string | undefined; body: unknown };

function answerTo(world: FaultyExchange, handshake?: Handshake): Promise<Answer> {
  const { socket } = world.knock(handshake);
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('the handshake was accepted')));
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const { date, 'retry-after': retryAfter } = response.headers;
        resolve({ status: response.statusCode, date, retryAfter, body: JSON.parse(text) as unknown });
        socket.terminate();
      });
    });
  });
}

describe('a handshake', () => {
  it.each<[string, Fault & { kind: 'refuse' }, object]>([
    [
      '401 without headers',
      { kind: 'refuse', status: 401, cause: 'missing-headers' },
      { code: 'authentication_error' },
    ],
    ['401 of an unknown key', { kind: 'refuse', status: 401, cause: 'unknown-key' }, { details: 'NOT_FOUND' }],
    [
      '401 of an old timestamp',
      { kind: 'refuse', status: 401, cause: 'timestamp-expired' },
      { code: 'header_timestamp_expired' },
    ],
    [
      '401 of a bad signature',
      { kind: 'refuse', status: 401, cause: 'bad-signature' },
      { code: 'authentication_error' },
    ],
    ['403', { kind: 'refuse', status: 403 }, { code: 'forbidden' }],
    ['500', { kind: 'refuse', status: 500 }, { code: 'internal_server_error' }],
    ['503', { kind: 'refuse', status: 503 }, { code: 'service_unavailable' }],
  ])('is answered %s, with Retry-After or without, then accepted', async (_, fault, error) => {
    await using world = await FaultyExchange.start([
      { ...fault, count: 1 },
      { ...fault, count: 1, retryAfter: 7 },
    ]);
    const first = await answerTo(world);
    expect(first).toMatchObject({ status: fault.status, retryAfter: undefined, body: { error } });
    expect(first.date).toBe(new Date(startMs).toUTCString());
    expect(await answerTo(world)).toMatchObject({ status: fault.status, retryAfter: '7', body: { error } });
    await world.subscribed();
    expect(world.hits('refuse')).toBe(2);
  });

  it('is answered 429 with a text for an error, with Retry-After or without', async () => {
    await using world = await FaultyExchange.start([
      { kind: 'refuse', status: 429, count: 1 },
      { kind: 'refuse', status: 429, count: 1, retryAfter: 30 },
    ]);
    const body = { error: 'too many requests' };
    expect(await answerTo(world)).toMatchObject({ status: 429, retryAfter: undefined, body });
    expect(await answerTo(world)).toMatchObject({ status: 429, retryAfter: '30', body });
  });

  it('is never answered, and the exchange closes all the same', async () => {
    await using world = await FaultyExchange.start([{ kind: 'never-upgrade', count: 1 }]);
    const waiting = world.knock();
    await expect.poll(() => world.hits('never-upgrade')).toBe(1);
    await world.subscribed();
    expect(waiting.socket.readyState).toBe(0);
    await world.exchange.close();
    expect(await waiting.closed).toMatchObject({ code: 1006 });
  });

  it('is accepted and the connection then cut, or closed with a code', async () => {
    await using world = await FaultyExchange.start([
      { kind: 'accept-then-close', aim: { connection: 1 } },
      { kind: 'accept-then-close', code: 1013, aim: { connection: 2 } },
    ]);
    const cut = await world.connect();
    expect(await cut.closed).toMatchObject({ code: 1006 });
    const closed = await world.connect();
    expect(await closed.closed).toMatchObject({ code: 1013 });
    await world.subscribed();
  });

  it('is refused for one key only', async () => {
    await using world = await FaultyExchange.start([{ kind: 'refuse', status: 403, aim: { key: 'other' } }]);
    await world.subscribed();
    expect(await answerTo(world, { keyId: 'other' })).toMatchObject({ status: 403 });
  });
});

describe('the exchange', () => {
  const status = async ({ exchange }: FaultyExchange): Promise<object> =>
    (await (await fetch(`${exchange.restUrl}/exchange/status`)).json()) as object;

  it('is in maintenance for a while', async () => {
    await using world = await FaultyExchange.start([{ kind: 'maintenance', from: '10s', until: '20s' }]);
    expect(await status(world)).toMatchObject({ exchange_active: true, trading_active: true });
    world.runtime.advance(10_000);
    expect(await status(world)).toMatchObject({ exchange_active: false, trading_active: false });
    world.runtime.advance(10_000);
    expect(await status(world)).toMatchObject({ exchange_active: true, trading_active: true });
  });

  it('pauses trading until the fault is removed', async () => {
    await using world = await FaultyExchange.start([]);
    const id = world.exchange.control.faults.add({ kind: 'trading-pause' });
    expect(await status(world)).toMatchObject({ exchange_active: true, trading_active: false });
    world.exchange.control.faults.remove(id);
    expect(await status(world)).toMatchObject({ trading_active: true });
  });
});

describe('generated markets', () => {
  const generated = { tapes: [], markets: 3, deltasPerSecond: 200 };

  it.each(['trading-pause', 'maintenance'] as const)('stand still in a %s', async (kind) => {
    await using world = await FaultyExchange.start([{ kind, from: '10s', until: '11m' }], generated);
    const client = await world.subscribed(world.exchange.markets);
    world.runtime.advance(10_000);
    await client.barrier(2);
    const before = deltas(client).length;
    expect(before).toBeGreaterThan(0);
    world.runtime.advance(600_000);
    await client.barrier(3);
    expect(deltas(client)).toHaveLength(before);
    world.runtime.advance(660_000 - 610_000);
    world.runtime.advance(10_000);
    await client.barrier(4);
    expect(deltas(client).length).toBeGreaterThan(before);
  });

  it('are closed, every one, and open again', async () => {
    await using world = await FaultyExchange.start([], generated);
    const client = await world.subscribed(world.exchange.markets);
    const open = async (): Promise<number> => {
      const { markets } = (await (await fetch(`${world.exchange.restUrl}/markets?status=open`)).json()) as {
        markets: object[];
      };
      return markets.length;
    };
    expect(await open()).toBe(3);
    const id = world.exchange.control.faults.add({ kind: 'no-open-markets' });
    world.runtime.advance(30_000);
    expect(await open()).toBe(0);
    const empty = () =>
      client.of('orderbook_snapshot').filter(({ msg }) => Object.keys(msg as object).length === 2).length;
    await client.until(() => empty() >= 3);
    world.exchange.control.faults.remove(id);
    expect(await open()).toBe(3);
  });

  it('get another price structure while they are open, and their own again', async () => {
    await using world = await FaultyExchange.start([], generated);
    const client = await world.connect();
    client.send({ id: 1, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'] } });
    await client.until(() => client.of('subscribed').length > 0);
    const [market = ''] = world.exchange.markets;
    const id = world.exchange.control.faults.add({ kind: 'price-structure', structure: 'deci_cent', market });
    world.exchange.control.faults.remove(id);
    await client.until(() => client.of('market_lifecycle_v2').length >= 2);
    expect(client.of('market_lifecycle_v2').map(({ msg }) => msg as object)).toMatchObject([
      {
        market_ticker: market,
        event_type: 'price_level_structure_updated',
        price_level_structure: 'deci_cent',
        price_ranges: [{ step: '0.0010' }],
      },
      { market_ticker: market, price_level_structure: 'linear_cent' },
    ]);
  });
});

describe('without faults', () => {
  it('no timer is armed for them, and `close` leaves none behind', async () => {
    await using world = await FaultyExchange.start([
      { kind: 'drop', from: '1h' },
      { kind: 'delay', by: '1h', aim: { frame: 'orderbook_delta' } },
    ]);
    const client = await world.subscribed();
    world.runtime.advance(1000);
    await expect.poll(() => world.hits('delay')).toBe(1);
    await world.exchange.close();
    await client.closed;
    expect(world.runtime.armedTimers).toBe(0);
  });

  it.each(['half-open', 'stop-reading'] as const)('the exchange closes while a connection is %s', async (kind) => {
    await using world = await FaultyExchange.start([{ kind, from: '1s' }]);
    const client = await world.subscribed();
    world.runtime.advance(1000);
    for (let id = 2; id < 200; id++) client.send({ id, cmd: 'list_subscriptions' });
    await world.exchange.close();
    await client.closed;
    expect(world.runtime.armedTimers).toBe(0);
    expect(world.exchange.totals().openConnections).toBe(0);
  });

  it('the handshake of a client that is no WebSocket is still refused', async () => {
    await using exchange = await createExchange({ faults: [] });
    const socket = createConnection(Number(new URL(exchange.url).port), '127.0.0.1');
    const headers = Object.entries(signedHeaders(exchange)).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(
      `GET /trade-api/ws/v2 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: other\r\n${headers.join('')}\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('400 Bad Request');
    socket.destroy();
  });
});
