import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { createOrderbookClient, type OrderbookClientOptions } from '../src/index.ts';
import { OPTION_NAMES, resolveOptions } from '../src/options.ts';
import { A, conversation } from './scripted-exchange.ts';

const good = { url: 'ws://127.0.0.1/', credentials: { keyId: 'key', sign: () => 'signature' }, markets: [A] };

const resolve = (options: object): unknown => resolveOptions(options as OrderbookClientOptions);

const create = (options: unknown) => (): unknown => createOrderbookClient(options as OrderbookClientOptions);

/** What nobody means by an option, and that each option but those of the same kind refuses. */
const ODD = [
  null,
  '',
  'text',
  Number.NaN,
  -1,
  -Infinity,
  0.5,
  0,
  true,
  1n,
  Symbol('s'),
  [],
  ['text'],
  [1],
  {},
  { unknown: 1 },
  () => 1,
  new Map(),
];

/** What is right all the same. */
const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  markets: (value) => Array.isArray(value) && value.length === 0,
  channels: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0,
  stableAfterMs: (value) => value === 0,
  authRetryMs: (value) => value === 0,
  openSocket: (value) => typeof value === 'function',
};

describe('the options', () => {
  test('of a kind that an option does not take are refused at once, by its name', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OPTION_NAMES), fc.constantFrom(...ODD), (name, value) => {
        // A map passes for an object without keys.
        fc.pre(!FITS[name]?.(value) && !(value instanceof Map));
        const others = name === 'environment' ? { ...good, url: undefined } : good;
        const wrong = create({ ...others, [name]: value });
        let error: unknown;
        try {
          wrong();
        } catch (thrown) {
          error = thrown;
        }
        expect([TypeError, RangeError]).toContain((error as Error).constructor);
        expect((error as Error).message).toContain(name === 'markets' && Array.isArray(value) ? 'ticker' : name);
      }),
      { numRuns: 1000 },
    );
  });

  test('that are undefined count as not given', () => {
    const given = Object.fromEntries(OPTION_NAMES.map((name) => [name, undefined]));
    expect(resolve({ ...given, ...good })).toEqual(resolve(good));
  });

  test.each([undefined, null, 'ws://127.0.0.1', [good], 7])('%j are none', (options) => {
    expect(create(options)).toThrow(/^options must be an object, not /);
  });

  test.each([
    ['marktes', /"marktes".*Did you mean "markets"\?/],
    ['pingInterval', /"pingInterval".*Did you mean "pingIntervalMs"\?/],
    ['foo', /^options has no "foo"\. It has url, environment, credentials/],
  ])('refuse the unknown name %s', (name, message) => {
    expect(create({ ...good, [name]: 1 })).toThrow(message);
  });

  test.each([
    ['neither', { ...good, url: undefined }],
    ['both', { ...good, environment: 'demo' }],
  ])('want exactly one of url and environment, not %s', (found, options) => {
    expect(create(options)).toThrow(new RegExp(`Give either url, or environment.*${found}`));
  });

  test.each([
    ['production', 'wss://external-api-ws.kalshi.com/trade-api/ws/v2'],
    ['demo', 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2'],
  ])('know where %s is', (environment, url) => {
    expect(resolve({ ...good, url: undefined, environment })).toMatchObject({ url });
  });

  test.each([
    ['a fragment', 'wss://x.test/#part'],
    ['an empty fragment', 'wss://x.test/#'],
    ['a password and a fragment', 'wss://me:secret@x.test/#'],
    ['a password with a slash', 'wss://me:sec/secret@x.test/'],
    ['a password and no scheme', 'me:secret@x.test'],
    ['a token in what is no socket', 'https://x.test/?token=secret'],
  ])('refuse a URL with %s, and do not quote it', (_name, url) => {
    expect(create({ ...good, url })).toThrow(/^url /);
    expect(create({ ...good, url })).not.toThrow(/secret/);
  });

  test.each(['key\n', ' key', 'key\r\nX-Other: 1', 'ke\0y', 'schlüssel', '', 7, undefined])(
    'refuse a key id that no header carries: %j',
    (keyId) => {
      const secret = { keyId, sign: () => '' };
      expect(create({ ...good, credentials: secret })).toThrow(/credentials\.keyId/);
      expect(create({ ...good, credentials: secret })).not.toThrow(/X-Other/);
      expect(create({ ...good, credentials: { keyId, privateKeyPem: 'x' } })).toThrow(/credentials\.keyId/);
    },
  );

  test.each([
    ['bytes as a key', { keyId: 'key', privateKeyPem: Buffer.from('pem') }, /privateKeyPem must be PEM text/],
    ['no key', { keyId: 'key' }, /privateKeyPem must be PEM text/],
    ['both', { keyId: 'key', privateKeyPem: 'pem', sign: () => '' }, /not both/],
    ['no function', { keyId: 'key', sign: 'signature' }, /credentials\.sign must be a function/],
  ])('refuse credentials with %s', (_name, credentials, message) => {
    expect(create({ ...good, credentials })).toThrow(message);
  });

  test('refuse one ticker where a list is wanted, and say how it is written', () => {
    expect(create({ ...good, markets: 'KXTEST' })).toThrow("such as ['KXTEST']");
    const { client } = conversation();
    expect(() => client.addMarkets('KXTEST' as never)).toThrow("such as ['KXTEST']");
    expect(() => client.removeMarkets('KXTEST' as never)).toThrow("such as ['KXTEST']");
    expect(client.status().wanted).toBe(2);
  });

  test('of a backoff are its two times', () => {
    expect(create({ ...good, backoff: { baseMs: 5 } })).toThrow(/backoff\.maxMs/);
    expect(create({ ...good, backoff: { baseMs: 5, maxMs: 9, max: 1 } })).toThrow(/backoff has no "max"/);
  });

  test('of each call are checked too', () => {
    const { client } = conversation();
    const odd = (value: unknown) => value as never;
    expect(() => client.on(odd('dleta'), () => undefined)).toThrow('Did you mean "delta"?');
    expect(() => client.on('delta', odd(undefined))).toThrow('listener must be a function');
    expect(() => client.on('delta', () => undefined, odd({ once: true }))).toThrow('on has no "once"');
    expect(() => client.events(odd({ maxQueue: 5 }))).toThrow('Did you mean "maxQueued"?');
    expect(() => client.events(odd({ overflow: 'drop' }))).toThrow("overflow must be 'error' or 'pause'");
    expect(() => client.events(odd({ types: ['dleta'] }))).toThrow('Did you mean "delta"?');
    expect(() => client.events(odd({ types: 'delta' }))).toThrow('types must be a list');
    expect(() => client.events(odd({ markets: 'KX' }))).toThrow('markets must be a list');
    expect(() => client.events(odd({ signal: {} }))).toThrow('signal must be an AbortSignal');
    for (const options of [null, 'delta', ['delta']]) {
      expect(() => client.events(odd(options))).toThrow('events must be an object, not');
      expect(() => client.on('delta', () => undefined, odd(options))).toThrow('on must be an object, not');
      expect(() => client.watchTop(A, odd(options))).toThrow('watchTop must be an object, not');
    }
  });

  test.each([{ timeout: 5 }, { timeoutMs: -1 }, { timeoutMs: Number.NaN }, { timeoutMs: '5' }, { signal: 'no' }, null])(
    'of a wait are checked too: %j',
    async (options) => {
      const { client, runtime } = conversation();
      await expect(client.whenSynced([A], options as never)).rejects.toBeInstanceOf(Error);
      await expect(client.waitFor(() => true, (options ?? { what: 1 }) as never)).rejects.toBeInstanceOf(Error);
      expect(runtime.armedTimers).toBe(0);
    },
  );
});
