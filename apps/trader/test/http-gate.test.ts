// The gate over real sockets: the same for requests, probes and upgrades, and before anything else of them is read.
import { describe, expect, test } from 'vitest';
import { get } from './http-trader.ts';
import { serveView } from './http-view.ts';
import { exchange, outcomeOf, requestOf, upgradeOf } from './raw-client.ts';

const TOKEN = 'a-token-of-some-length';

/** A plain request, a probe and an upgrade with this `Host` and these further lines. */
async function outcomes(base: string, host: string, lines: readonly string[] = []) {
  const ask = async (bytes: string) =>
    outcomeOf(await exchange(base, bytes.replace('Host: 127.0.0.1', `Host: ${host}`)));
  return [
    await ask(requestOf('/status', [...lines, 'Connection: close'])),
    await ask(requestOf('/livez', [...lines, 'Connection: close'])),
    // Of a path where there is nothing, so that it ends.
    await ask(upgradeOf('/nothing', lines)),
  ];
}

const LET_IN = [
  [200, null],
  [200, null],
  [404, 'NOT_FOUND'],
];
const refusedAs = (status: number, code: string) => [
  [status, code],
  [status, code],
  [status, code],
];

describe('Host, on loopback without a token', () => {
  test.each([
    '127.0.0.1',
    '127.0.0.1:7070',
    '127.0.0.1:1',
    'localhost',
    'LocalHost:7070',
    'localhost.',
    'localhost.:7070',
    '[::1]',
    '[::1]:7070',
    '127.0.0.1.',
  ])('%s is this machine', async (host) => {
    await using served = await serveView();
    expect(await outcomes(served.base, host)).toEqual(LET_IN);
  });

  test.each([
    'evil.example',
    'evil.example.',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'evil.example@localhost',
    'localhost:7070@evil.example',
    'localhost/evil.example',
    'localhost, evil.example',
    'localhost evil.example',
    'localhost#.evil.example',
    '0x7f.1',
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '0.0.0.0',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '::1',
    '%6cocalhost',
    'localhost..',
    'localhost:',
    'localhost:x',
    '\xe9',
    '"localhost"',
    ' ',
  ])('%j is refused, whatever is asked for', async (host) => {
    await using served = await serveView();
    expect(await outcomes(served.base, host)).toEqual(refusedAs(403, 'HOST_REFUSED'));
  });

  test('a name that was allowed is this machine, in whichever case and with a full stop', async () => {
    await using served = await serveView({ allowedHosts: ['Desk.local.'] });
    for (const host of ['desk.local', 'DESK.LOCAL:8080', 'desk.local.']) {
      expect(await outcomes(served.base, host)).toEqual(LET_IN);
    }
  });

  test('is asked for of a loopback server with a token, too', async () => {
    await using served = await serveView({}, { token: TOKEN });
    const lines = [`Authorization: Bearer ${TOKEN}`];
    expect(await outcomes(served.base, 'evil.example', lines)).toEqual(refusedAs(403, 'HOST_REFUSED'));
    expect(await outcomes(served.base, 'localhost', lines)).toEqual(LET_IN);
  });
});

describe('Origin', () => {
  test.each([
    'https://evil.example',
    'null',
    '',
    'http://127.0.0.1',
    'https://127.0.0.1:7070',
    'http://127.0.0.1:7071',
    'http://localhost:7070',
    'http://127.0.0.1:7070.evil.example',
    'http://127.0.0.1:7070/',
    'http://127.0.0.1:7070, https://evil.example',
    'http://user@127.0.0.1:7070',
  ])('%j is refused of requests and upgrades, and of probes', async (origin) => {
    await using served = await serveView();
    expect(await outcomes(served.base, '127.0.0.1:7070', [`Origin: ${origin}`])).toEqual(
      refusedAs(403, 'ORIGIN_REFUSED'),
    );
  });

  test('that is the server’s own, or listed, is let in', async () => {
    await using served = await serveView({ allowedOrigins: ['https://desk.example'] });
    for (const origin of ['http://127.0.0.1:7070', 'https://desk.example']) {
      expect(await outcomes(served.base, '127.0.0.1:7070', [`Origin: ${origin}`])).toEqual(LET_IN);
    }
    expect(await outcomes(served.base, 'LOCALHOST:7070', ['Origin: http://localhost:7070'])).toEqual(LET_IN);
  });
});

describe('a token', () => {
  test.each([
    ['of nothing', []],
    ['of another scheme', [`Authorization: Basic ${TOKEN}`]],
    ['of two, the wrong one first', ['Authorization: Bearer a-guess', `Authorization: Bearer ${TOKEN}`]],
    ['of a cookie', [`Cookie: token=${TOKEN}`]],
    ['of a header of another name', [`X-Authorization: Bearer ${TOKEN}`]],
  ])('%s is none', async (_what, lines) => {
    await using served = await serveView({}, { token: TOKEN });
    const [plain, probe, upgrade] = await outcomes(served.base, '127.0.0.1', lines);
    expect([plain, probe, upgrade]).toEqual([
      [401, 'TOKEN_REQUIRED'],
      [200, null],
      [401, 'TOKEN_REQUIRED'],
    ]);
  });

  test.each([
    '/livez/',
    '//livez',
    '/livez/../status',
    '/%6civez',
    '/livez%3Fx',
    '/LIVEZ',
    '/readyz;x',
    '/livez#',
    '/.//readyz',
  ])('is needed for %s: what is open is exactly /livez and /readyz', async (target) => {
    await using served = await serveView({}, { token: TOKEN });
    expect(outcomeOf(await exchange(served.base, requestOf(target, ['Connection: close'])))).toEqual([
      401,
      'TOKEN_REQUIRED',
    ]);
    expect((await get(`${served.base}/livez?x=1`)).status).toBe(200);
  });
});
