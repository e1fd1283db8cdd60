// The settings of the HTTP side.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { resolveConfig, type Values } from './load-config.ts';
import type { TraderError } from '../errors.ts';
import { resolveHttpOptions } from './http-options.ts';

function resolve(flags: Values = {}, environment: NodeJS.ProcessEnv = {}, file = '') {
  using folder = temporaryFolder();
  if (file !== '') writeFileSync(join(folder.path, 'trader.yaml'), file);
  return resolveConfig(flags, environment, { directory: folder.path });
}

function problem(flags: Values, file?: string): string {
  try {
    resolve(flags, {}, file);
  } catch (error) {
    return (error as TraderError).message;
  }
  throw new Error('nothing was refused');
}

describe.each(['maxClients', 'maxConnections'] as const)('http.%s', (name) => {
  const flag = { maxClients: '--max-clients', maxConnections: '--max-connections' }[name];
  const variable = { maxClients: 'TRADER_MAX_CLIENTS', maxConnections: 'TRADER_MAX_CONNECTIONS' }[name];

  test('comes from the file, the environment or a flag, and is what the server gets', () => {
    const file = `http: { ${name}: 7 }\n`;
    expect(resolve({}, {}, file).http[name]).toBe(7);
    expect(resolve({}, { [variable]: '8' }, file).http[name]).toBe(8);
    const { http } = resolve({ [name]: '9' }, { [variable]: '8' }, file);
    expect(resolveHttpOptions(http)[name]).toBe(9);
  });

  test('is what the server takes by itself, when it is not given', () => {
    expect(resolve().http[name]).toBe(resolveHttpOptions({ port: 0 })[name]);
  });

  test.each(['0', '-1', '1.5', 'many', '100001'])('is refused as %s, with its bounds', (value) => {
    expect(problem({ [name]: value })).toContain(
      `${flag}: http.${name} must be a whole number from 1 to 100000, not "${value}"`,
    );
  });
});

test.each(['desk.local:8080', 'http://desk.local', 'desk.local/x', 'desk local', 'user@desk.local', '::1'])(
  'a further host with more than its name would never be asked for, and is refused: %s',
  (host) => {
    expect(problem({ allowedHosts: `ok.local,${host}` })).toMatch(
      /http\.allowedHosts\[2\] must be a host name without a port/,
    );
  },
);

test.each(['desk.local', 'DESK', 'a-1.example', '10.0.0.7', '[::1]', 'desk.local.'])(
  'a further host may be %s',
  (host) => {
    expect(resolve({ allowedHosts: host }).http.allowedHosts).toEqual([host]);
  },
);

test.each(['https://desk.example/page', 'https://user@desk.example', 'https://desk.example/?x'])(
  'an origin with more than scheme, host and port is refused: %s',
  (origin) => {
    expect(problem({ allowedOrigins: origin })).toMatch(/http\.allowedOrigins\[1\] must be an origin/);
  },
);

test('an origin may end in a slash', () => {
  const { http } = resolve({ allowedOrigins: 'https://desk.example/' });
  expect(resolveHttpOptions(http).allowedOrigins).toEqual(['https://desk.example']);
});
