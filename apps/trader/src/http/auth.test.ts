import { describe, expect, test } from 'vitest';
import { Gate } from './auth.ts';
import type { ResolvedHttpOptions } from '../config/http-options.ts';

const TOKEN = 'a-token-of-some-length';
const gate = (options: Partial<ResolvedHttpOptions> = {}): Gate =>
  new Gate({
    port: 7070,
    host: '127.0.0.1',
    token: null,
    tls: null,
    allowedHosts: [],
    allowedOrigins: [],
    maxConnections: 1,
    maxClients: 1,
    maxBufferedBytes: 1,
    requestTimeoutMs: 1,
    answerTimeoutMs: 1,
    pingIntervalMs: 1,
    ...options,
  });

describe('Gate.refuseHost', () => {
  test.each(['localhost', 'LOCALHOST:7070', '127.0.0.1', '127.0.0.1:80', '[::1]:7070'])('lets %s in', (host) => {
    expect(gate().refuseHost({ headers: { host } })).toBeNull();
  });

  test.each([
    'evil.example',
    'evil.example:7070',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '',
    '169.254.1.1',
  ])('refuses %j on loopback: a page elsewhere may have made its name point here', (host) => {
    expect(gate().refuseHost({ headers: { host } })).toMatchObject({ code: 'HOST_REFUSED' });
  });

  test('lets configured names in', () => {
    const asked = { headers: { host: 'desk.local:8080' } };
    expect(gate().refuseHost(asked)).not.toBeNull();
    expect(gate({ allowedHosts: ['Desk.local'] }).refuseHost(asked)).toBeNull();
  });

  test('leaves it to the token beyond loopback', () => {
    expect(gate({ host: '0.0.0.0', token: TOKEN }).refuseHost({ headers: { host: 'pod-17' } })).toBeNull();
  });
});

describe('Gate.refuseToken', () => {
  const asked = (headers: Record<string, string>, url = '/status') =>
    gate({ token: TOKEN }).refuseToken({ url, headers })?.code ?? null;
  const inProtocol = (token: string) => `trader.v1, bearer.${Buffer.from(token).toString('base64url')}`;

  test('asks for none when there is none', () => {
    expect(gate().refuseToken({ url: '/status', headers: {} })).toBeNull();
  });

  test.each([
    ['as a bearer', { authorization: `Bearer ${TOKEN}` }],
    ['in any case of the scheme', { authorization: `bearer ${TOKEN}` }],
    ['as a subprotocol', { 'sec-websocket-protocol': inProtocol(TOKEN) }],
  ])('takes the right one %s', (_how, headers) => {
    expect(asked(headers)).toBeNull();
  });

  test.each([
    ['nothing', {}],
    ['another one', { authorization: `Bearer ${TOKEN}x` }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['a bare token', { authorization: TOKEN }],
    ['another one as subprotocol', { 'sec-websocket-protocol': inProtocol('guess') }],
    ['a subprotocol in clear', { 'sec-websocket-protocol': `bearer.${TOKEN}` }],
  ])('refuses %s', (_what, headers: Record<string, string>) => {
    expect(asked(headers)).toBe('TOKEN_REQUIRED');
  });

  test('refuses the right one in the URL by name, also beside a header', () => {
    expect(asked({}, `/ws?token=${TOKEN}`)).toBe('TOKEN_IN_URL');
    expect(asked({ authorization: `Bearer ${TOKEN}` }, `/ws?since=1&token=${TOKEN}`)).toBe('TOKEN_IN_URL');
  });

  test('says neither the token nor what was sent', () => {
    const refusal = gate({ token: TOKEN }).refuseToken({ url: '/', headers: { authorization: 'Bearer a-guess' } });
    expect(JSON.stringify(refusal)).not.toMatch(/a-token|a-guess/);
  });
});

describe('Gate.refuseOrigin', () => {
  const host = '127.0.0.1:7070';
  const code = (origin: string | undefined, options: Partial<ResolvedHttpOptions> = {}) =>
    gate(options).refuseOrigin({ headers: origin === undefined ? { host } : { host, origin } })?.code ?? null;

  test('lets in what is no browser, and the own pages', () => {
    expect(code(undefined)).toBeNull();
    expect(code(`http://${host}`)).toBeNull();
    expect(code(`https://${host}`, { tls: { cert: '', key: '' } })).toBeNull();
  });

  test.each(['http://evil.example', 'https://127.0.0.1:7070', 'http://127.0.0.1:7071', 'http://127.0.0.1', 'null', ''])(
    'refuses %j',
    (origin) => {
      expect(code(origin)).toBe('ORIGIN_REFUSED');
    },
  );

  test('lets listed origins in, whole', () => {
    const options = { allowedOrigins: ['https://desk.example'] };
    expect(code('https://desk.example', options)).toBeNull();
    expect(code('https://desk.example.evil.example', options)).toBe('ORIGIN_REFUSED');
  });
});
