// Nothing that reaches the port ends the process, whatever it is: an answer or a closed connection, and the next one is served.
import { describe, expect, test } from 'vitest';
import { createLog } from '../src/log/log.ts';
import type { TraderView } from '../src/status.ts';
import { get, SocketReader } from './http-trader.ts';
import { happening, serveView } from './http-view.ts';
import { exchange, outcomeOf, RawClient, requestOf, upgradeOf } from './raw-client.ts';

const TOKEN = 'a-token-of-some-length';

describe('an upgrade', () => {
  test.each([
    '//',
    '///ws',
    '//ws',
    '/\\',
    '/%',
    '/ws%',
    '*',
    'http://',
    'http://a b/',
    '?',
    '/ws?%',
    '/ws?since=%E0%A4%A',
  ])('of %j is turned away, and the next request is answered', async (target) => {
    await using served = await serveView();
    const [status, code] = outcomeOf(await exchange(served.base, upgradeOf(target)));
    expect(status, target).toBeGreaterThanOrEqual(400);
    expect(status, target).toBeLessThan(500);
    expect(code, target).toMatch(/^[A-Z_]+$/);
    expect((await get(`${served.base}/livez`)).status).toBe(200);
  });

  test('of a path that cannot be read asks for the token first', async () => {
    await using served = await serveView({}, { token: TOKEN });
    for (const target of ['//', '/ws', '/nothing', '/ws?since=x', '/ws?x=1']) {
      expect([target, ...outcomeOf(await exchange(served.base, upgradeOf(target)))]).toEqual([
        target,
        401,
        'TOKEN_REQUIRED',
      ]);
    }
  });

  test.each([
    ['another version', ['Sec-WebSocket-Version: 8'], 426],
    ['no key', ['Sec-WebSocket-Key: short'], 400],
    ['protocols that are none', ['Sec-WebSocket-Protocol: ,,'], 400],
  ])('with %s is told so in the form of every refusal', async (_what, lines, status) => {
    await using served = await serveView();
    const kept = upgradeOf('/ws')
      .split('\r\n')
      .filter((line) => !lines.some((other) => other.split(':')[0] === line.split(':')[0]));
    const received = await exchange(served.base, [...kept.slice(0, -2), ...lines, '', ''].join('\r\n'));
    expect(outcomeOf(received)).toEqual([status, status === 426 ? 'UPGRADE_REQUIRED' : 'REQUEST_INVALID']);
  });

  test('behind an answer that is still under way closes the connection', async () => {
    await using served = await serveView();
    const received = await exchange(served.base, requestOf('/metrics') + upgradeOf('/ws'));
    expect(received).not.toContain('101 Switching');
    expect((await get(`${served.base}/livez`)).status).toBe(200);
  });

  test('to another protocol than WebSocket is a plain request, as that of Java’s client is', async () => {
    await using served = await serveView();
    const lines = ['Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAEAAEAAAAIAAAAB'];
    expect(await exchange(served.base, requestOf('/livez', lines))).toMatch(/^HTTP\/1\.1 200 [^]*"live":true/);
  });
});

/** A log that keeps its lines. */
function keptLog() {
  const lines: string[] = [];
  return { lines, log: createLog('info', { destination: { write: (line) => void lines.push(line) } }) };
}

describe('whatever is thrown while something is handled', () => {
  const failing = () => {
    let isBroken = false;
    const alter = (view: TraderView): TraderView => {
      if (isBroken) throw new Error('a mistake of ours');
      return view;
    };
    return { ...keptLog(), alter, break: (how = true) => void (isBroken = how) };
  };
  const faults = async (base: string): Promise<number> => {
    const { body } = await get<string>(`${base}/metrics`);
    return Number(/^trader_http_refusals_total\{code="INTERNAL"\} (\d+)$/m.exec(body)?.[1] ?? 0);
  };

  test('is the answer 500 to a request, with no word of it, and is counted and logged', async () => {
    const shown = failing();
    await using served = await serveView({}, {}, shown);
    shown.break();
    for (const path of ['/livez', '/readyz', '/status', '/books', '/books/KX', '/sessions']) {
      const { status, body } = await get(served.base + path);
      expect([path, status, body]).toMatchObject([path, 500, { error: { code: 'INTERNAL' } }]);
      expect(JSON.stringify(body)).not.toContain('mistake of ours');
    }
    shown.break(false);
    expect(await faults(served.base)).toBe(6);
    expect(shown.lines.join('\n')).toContain('a mistake of ours');
  });

  test('closes the socket that asks, and no other: who joins or is told gets a word of it', async () => {
    const shown = failing();
    await using served = await serveView({}, {}, shown);
    const { base } = served;
    await using asking = new SocketReader(base);
    await asking.next('status');
    shown.break();
    asking.ask({ subscribe: { books: ['KX'] } });
    expect((await asking.closed).code).toBe(1011);
    await using joining = new SocketReader(base);
    expect(await joining.next('error')).toMatchObject({ error: { code: 'INTERNAL' } });
    // So does the status of each second.
    await joining.next('error');
    shown.break(false);
    await joining.next('status');
    expect(await faults(base)).toBeGreaterThanOrEqual(3);
  });

  test('is not thrown at who tells what happens', async () => {
    const shown = failing();
    await using served = await serveView({}, {}, shown);
    await using reader = new SocketReader(served.base);
    await reader.next('status');
    const untellable = { ...happening('x'), atMs: 1n } as unknown as ReturnType<typeof happening>;
    expect(() => served.events.add(untellable)).not.toThrow();
    served.events.add(happening('the next'));
    await reader.next('health', ({ reason }) => reason === 'the next');
  });
});

describe('a request', () => {
  test.each([
    ['a method that there is not', requestOf('/status', ['Connection: close'], 'DELETE'), 405, 'METHOD_NOT_ALLOWED'],
    ['a body', `${requestOf('/status', ['Content-Length: 5'])}hello`, 413, 'BODY_REFUSED'],
    ['a body without an end', requestOf('/status', ['Transfer-Encoding: chunked']), 413, 'BODY_REFUSED'],
    ['a body to be asked for', requestOf('/livez', ['Content-Length: 9', 'Expect: 100-continue']), 413, 'BODY_REFUSED'],
    ['two lengths', requestOf('/livez', ['Content-Length: 1', 'Content-Length: 2']), 400, 'REQUEST_INVALID'],
    ['a long URL', requestOf(`/${'x'.repeat(3_000)}`, ['Connection: close']), 414, 'URL_TOO_LONG'],
    ['very long headers', requestOf('/livez', [`X: ${'x'.repeat(20_000)}`]), 431, 'HEADERS_TOO_LARGE'],
    [
      'very many headers',
      requestOf('/livez', ['Connection: close', ...Array.from({ length: 101 }, () => 'A: b')]),
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['no host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['two hosts', requestOf('/livez', ['Host: localhost', 'Connection: close']), 400, 'REQUEST_INVALID'],
    ['a whole URL', requestOf('http://127.0.0.1/livez', ['Connection: close']), 400, 'REQUEST_INVALID'],
    ['no HTTP at all', '\x16\x03\x01\x02\r\n\r\n', 400, 'REQUEST_INVALID'],
  ])('with %s is refused by name and counted', async (_what, bytes, status, code) => {
    await using served = await serveView();
    expect(outcomeOf(await exchange(served.base, bytes))).toEqual([status, code]);
    const { body } = await get<string>(`${served.base}/metrics`);
    expect(body).toContain(`trader_http_refusals_total{code="${code}"} 1`);
  });

  test('of CONNECT closes the connection', async () => {
    await using served = await serveView();
    expect(await exchange(served.base, requestOf('127.0.0.1:22', [], 'CONNECT'))).toBe('');
  });

  test('with an expectation that nobody knows is answered', async () => {
    await using served = await serveView();
    const received = await exchange(served.base, requestOf('/livez', ['Expect: the-moon', 'Connection: close']));
    expect(outcomeOf(received)[0]).toBe(200);
  });

  test('behind which nothing more will come is answered all the same', async () => {
    await using served = await serveView();
    await using client = await RawClient.connect(served.base);
    client.socket.end(requestOf('/metrics') + requestOf('/livez'));
    expect(await client.closed).toMatch(/trader_uptime_seconds[^]*"live":true/);
  });

  test('in pieces of a byte each is answered', async () => {
    await using served = await serveView();
    await using client = await RawClient.connect(served.base);
    for (const byte of requestOf('/livez', ['Connection: close'])) client.send(byte);
    expect(await client.closed).toContain('"live":true');
  });

  test('behind another one is answered after it; too many of them at once close the connection', async () => {
    await using served = await serveView();
    const few = await exchange(served.base, requestOf('/metrics') + requestOf('/livez', ['Connection: close']));
    expect(few.indexOf('trader_uptime_seconds')).toBeLessThan(few.indexOf('"live":true'));
    await using many = await RawClient.connect(served.base);
    many.send(requestOf('/status').repeat(1_000));
    const received = await many.closed;
    expect(received.split('HTTP/1.1 200').length).toBeLessThan(100);
    const { body } = await get<string>(`${served.base}/metrics`);
    expect(body).toContain('trader_http_refusals_total{code="TOO_MANY_PIPELINED"} 1');
  });
});
