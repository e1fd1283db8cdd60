import { describe, expect, test } from 'vitest';
import { SETTINGS, settingOf, type ReloadPart } from '../settings.ts';
import { decideReload, type ReadSetting, type ReadSettings, type ReloadableParts } from './decide-reload.ts';

const RULES = {
  series: ['KXA'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 10,
  reconcileEveryMs: 60_000,
  keepAfterCloseMs: 0,
} as const;

const PARTS: ReloadableParts = {
  markets: { markets: ['KXA-1'] },
  key: { keyId: 'id', privateKeyPem: 'pem' },
  token: 'a-token-of-16-characters',
  certificate: { cert: 'cert', key: 'key' },
  log: 'info',
};

type Given = Partial<ReadSetting>;

/** Every setting has a value; a test names those that are other ones. */
const read = (
  given: Readonly<Record<string, Given>> = {},
  parts: Partial<ReloadableParts> = {},
  isExposed = false,
): ReadSettings => ({
  each: Object.fromEntries(
    SETTINGS.map(({ path }) => [path, { value: `${path} as it was`, content: null, ...given[path] }]),
  ),
  parts: { ...PARTS, ...parts },
  isExposed,
});

const OTHER_PARTS: Readonly<Record<ReloadPart, Partial<ReloadableParts>>> = {
  markets: { markets: { markets: [], discovery: { restUrl: 'https://rest.test', rules: { ...RULES } } } },
  key: { key: { keyId: 'other', privateKeyPem: 'other' } },
  token: { token: 'another-token-of-some-length' },
  certificate: { certificate: { cert: 'other', key: 'other' } },
  log: { log: 'debug' },
};

describe('each setting that has another value', () => {
  test.each(SETTINGS.map(({ path, reloads }) => ({ path, reloads })))(
    'is taken, or named as one that needs a restart, and is in effect only if it was taken: $path',
    ({ path, reloads }) => {
      const present = read();
      const next = read({ [path]: { value: 'another' } }, reloads && OTHER_PARTS[reloads]);
      const { changes, changed, needsRestart, inEffect } = decideReload(present, next);
      const text = settingOf(path).secret ? `${path}: changed` : `${path}: ${path} as it was → another`;
      expect({ changes, needsRestart, changed: [...changed] }).toEqual(
        reloads === undefined
          ? { changes: [], needsRestart: [path], changed: [] }
          : { changes: [text], needsRestart: [], changed: [reloads] },
      );
      expect(inEffect).toEqual(reloads === undefined ? present : next);
      // What waits for a restart is named again each time; what was taken is no change any more.
      expect(decideReload(inEffect, next)).toMatchObject({ changes: [], needsRestart });
    },
  );

  test('is reloaded where the operator was promised so, and nowhere else', () => {
    const reloadable = SETTINGS.filter(({ reloads }) => reloads !== undefined).map(({ path }) => path);
    const promised = /^(markets|discovery\..+|keyId|keyFile|http\.tokenFile|http\.tls\..+|logLevel)$/;
    expect(reloadable).toEqual(SETTINGS.map(({ path }) => path).filter((path) => promised.test(path)));
  });
});

test('what a file holds is compared, and never told', () => {
  for (const path of ['keyFile', 'http.tokenFile', 'http.tls.certFile', 'http.tls.keyFile', 'databasePasswordFile']) {
    const [was, is] = [read({ [path]: { content: 'secret one' } }), read({ [path]: { content: 'secret two' } })];
    const reload = decideReload(was, is);
    expect([...reload.changes, ...reload.needsRestart].join()).toMatch(new RegExp(`^${path}(: changed)?$`));
  }
});

test('of lists what came and went is told, their order means nothing, and long ones are cut short', () => {
  const changes = (was: readonly string[], is: readonly string[]) =>
    decideReload(read({ markets: { value: was } }), read({ markets: { value: is } })).changes;
  expect(changes(['KXA', 'KXB'], ['KXB', 'KXA', 'KXA'])).toEqual([]);
  expect(changes(['KXA', 'KXB'], ['KXB', 'KXC'])).toEqual(['markets: +KXC -KXA']);
  const many = Array.from({ length: 500 }, (_, index) => `KX${index}`);
  expect(changes([], many)[0]).toMatch(/^markets: \+KX0 .* … 490 more$/);
});

describe('what would not fit to what cannot change stays, and is named', () => {
  const key = { keyId: { value: 'another' }, markets: { value: ['KXB'] } };
  const otherParts = { ...OTHER_PARTS.key, ...OTHER_PARTS.markets };

  test.each(['wsUrl', 'restUrl'])('a key and markets of another exchange: %s', (path) => {
    const { needsRestart, changes, inEffect } = decideReload(
      read(),
      read({ [path]: { value: 'elsewhere' }, ...key, logLevel: { value: 'debug' } }, { ...otherParts, log: 'debug' }),
    );
    expect(needsRestart).toEqual([path, 'keyId', 'markets']);
    expect(changes).toEqual(['logLevel: logLevel as it was → debug']);
    expect(inEffect.parts).toEqual({ ...PARTS, log: 'debug' });
  });

  test('an exchange in the place of the simulator, and the other way round', () => {
    const simulator = read({}, { key: null, markets: null });
    const exchange = read(key, otherParts);
    expect(decideReload(simulator, exchange).needsRestart).toEqual(['keyId', 'markets']);
    expect(decideReload(exchange, simulator).inEffect.parts).toEqual(exchange.parts);
  });

  test('a token that is taken away while other machines can reach the address: it would be open to all', () => {
    const without = read({ 'http.tokenFile': { value: null } }, { token: null });
    const exposed = decideReload(read({}, {}, true), without);
    expect(exposed.needsRestart).toEqual(['http.tokenFile']);
    expect(exposed.inEffect).toMatchObject({ isExposed: true, parts: { token: PARTS.token } });
    expect(decideReload(read(), without)).toMatchObject({ needsRestart: [], inEffect: { parts: { token: null } } });
  });

  test('TLS where there was none, and none where there was', () => {
    const plain = read({ 'http.tls.certFile': { value: null } }, { certificate: null });
    for (const [was, is] of [
      [plain, read()],
      [read(), plain],
    ] as const) {
      const { needsRestart, inEffect } = decideReload(was, is);
      expect(needsRestart).toEqual(['http.tls.certFile']);
      expect(inEffect.parts.certificate).toEqual(was.parts.certificate);
    }
  });
});
