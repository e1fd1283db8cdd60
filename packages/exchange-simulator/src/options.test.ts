import { describe, expect, it } from 'vitest';
import { type ExchangeOptions, resolveOptions } from './options.ts';

describe('resolveOptions', () => {
  it('fills in the defaults', () => {
    const { runtime: _, ...defaults } = resolveOptions();
    expect(defaults).toEqual({
      port: 0,
      seed: 1,
      tapes: [],
      speed: 1,
      playback: 'on-subscribe',
      markets: 20,
      deltasPerSecond: 100,
      marketLifetimeMs: 604_800_000,
      rollMarkets: true,
      keys: [],
      loop: false,
      faults: [],
      record: undefined,
      keyType: 'ed25519',
      orderbookAccess: 'open',
      readTokensPerSecond: 240,
      unknownTicker: 'empty-snapshot',
      replyOrder: 'shuffled',
      replyLatencyMs: 0,
      maxConnectionsPerKey: 200,
      maxMarketsPerSubscription: 500_000,
      commandsPerSecond: 10_000,
      perMessageDeflate: false,
      tls: false,
      fees: {},
      balanceDollars: 10_000,
      pingIntervalMs: 10_000,
      maxBufferedBytes: 4_194_304,
    });
  });

  it.each<[keyof ExchangeOptions, unknown, string]>([
    ['port', 65_536, '65536'],
    ['port', 1.5, '1.5'],
    ['seed', -1, '-1'],
    ['speed', 0, '0'],
    ['speed', Number.NaN, 'NaN'],
    ['markets', 0, '0'],
    ['markets', 10_001, '10001'],
    ['deltasPerSecond', -5, '-5'],
    ['marketLifetimeMs', 500, '500'],
    ['readTokensPerSecond', 9, '9'],
    ['pingIntervalMs', 0, '0'],
    ['maxBufferedBytes', 1024, '1024'],
    ['pingIntervalMs', Number.NaN, 'NaN'],
    ['pingIntervalMs', -1, '-1'],
    ['marketLifetimeMs', Number.NaN, 'NaN'],
    ['marketLifetimeMs', -Infinity, '-Infinity'],
    ['replyLatencyMs', -1, '-1'],
    ['replyLatencyMs', Number.NaN, 'NaN'],
    ['maxConnectionsPerKey', 0, '0'],
    ['maxMarketsPerSubscription', 1.5, '1.5'],
    ['commandsPerSecond', Number.NaN, 'NaN'],
    ['balanceDollars', -1, '-1'],
  ])('refuses %s out of range: %j', (name, value, quoted) => {
    const options = { [name]: value } as ExchangeOptions;
    expect(() => resolveOptions(options)).toThrow(RangeError);
    expect(() => resolveOptions(options)).toThrow(new RegExp(`^${name} must .*got ${quoted}$`));
  });

  it.each<[keyof ExchangeOptions, unknown, string]>([
    ['speed', 'fast', 'fast'],
    ['port', '80', '80'],
    ['playback', 'later', 'later'],
    ['rollMarkets', 'yes', 'yes'],
    ['keyType', 'dsa', 'dsa'],
    ['orderbookAccess', 'none', 'none'],
    ['unknownTicker', true, 'true'],
    ['replyOrder', 'random', 'random'],
    ['tapes', 'tape.ndjson', 'tape.ndjson'],
    ['tapes', [''], ''],
    ['loop', 'yes', 'yes'],
    ['record', 7, '7'],
    ['keys', [{ keyId: 7, publicKeyPem: '' }], '7'],
    ['pingIntervalMs', '10s', '10s'],
    ['marketLifetimeMs', null, 'null'],
    ['tls', 1, '1'],
    ['fees', [], ''],
  ])('refuses %s of another kind: %j', (name, value, quoted) => {
    const options = { [name]: value } as ExchangeOptions;
    expect(() => resolveOptions(options)).toThrow(TypeError);
    expect(() => resolveOptions(options)).toThrow(new RegExp(`got ${quoted}$`));
  });

  it.each<[string, unknown, string]>([
    ['market', { market: 5 }, 'unknown option "market": did you mean markets?'],
    ['deltaPerSecond', { deltaPerSecond: 5 }, 'unknown option "deltaPerSecond": did you mean deltasPerSecond?'],
    ['PORT', { PORT: 5 }, 'unknown option "PORT": did you mean port?'],
    ['something else', { colour: 'red' }, 'unknown option "colour": known are port, seed,'],
    ['a field of a key', { keys: [{ keyId: 'a', publicKey: '' }] }, 'unknown field of a key "publicKey": did you mean'],
    ['a field of fees', { fees: { KX: { maker: 1 } } }, 'unknown field of fees.KX "maker": known are multiplier,'],
  ])('refuses %s, which there is not, and says what may have been meant', (_, options, message) => {
    expect(() => resolveOptions(options as ExchangeOptions)).toThrow(TypeError);
    expect(() => resolveOptions(options as ExchangeOptions)).toThrow(message);
  });

  it.each([[null], ['markets=5'], [[]], [7]])('refuses %j in place of options', (options) => {
    expect(() => resolveOptions(options as never)).toThrow(/^options must be an object, got /);
  });

  it.each([[{}], [null], [{ nowMs: Date.now }], ['system']])('refuses the runtime %j', (runtime) => {
    expect(() => resolveOptions({ runtime } as never)).toThrow('runtime must be an object with nowMs');
  });

  it('refuses a key that is none, without showing it', () => {
    const pem = '-----BEGIN PUBLIC KEY-----\nsecret\n-----END PUBLIC KEY-----';
    const resolve = () => resolveOptions({ keys: [{ keyId: 'mine', publicKeyPem: pem }] });
    expect(resolve).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID', message: expect.stringMatching(/^(?=.*mine)(?!.*secret)/s) }),
    );
  });
});
