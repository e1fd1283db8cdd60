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
      orderbookAccess: 'signed',
      readTokensPerSecond: 200,
      unknownTicker: 'empty-snapshot',
      replyOrder: 'shuffled',
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
  ])('refuses %s of another kind: %j', (name, value, quoted) => {
    const options = { [name]: value } as ExchangeOptions;
    expect(() => resolveOptions(options)).toThrow(TypeError);
    expect(() => resolveOptions(options)).toThrow(new RegExp(`got ${quoted}$`));
  });

  it('refuses a key that is none, without showing it', () => {
    const pem = '-----BEGIN PUBLIC KEY-----\nsecret\n-----END PUBLIC KEY-----';
    const resolve = () => resolveOptions({ keys: [{ keyId: 'mine', publicKeyPem: pem }] });
    expect(resolve).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID', message: expect.stringMatching(/^(?=.*mine)(?!.*secret)/s) }),
    );
  });
});
