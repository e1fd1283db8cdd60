import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { TraderError } from '../errors.ts';
import { isLoopback, resolveHttpOptions, type HttpOptions } from './http-options.ts';

function refusal(options: Omit<HttpOptions, 'port'>): TraderError {
  try {
    resolveHttpOptions({ port: 0, ...options });
  } catch (error) {
    if (error instanceof TraderError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('resolveHttpOptions', () => {
  test('listens on loopback, asks for no token and serves 50 clients by default', () => {
    expect(resolveHttpOptions({ port: 7070 })).toEqual({
      port: 7070,
      host: '127.0.0.1',
      token: null,
      tls: null,
      allowedHosts: [],
      allowedOrigins: [],
      maxConnections: 100,
      maxClients: 50,
      maxBufferedBytes: 1_048_576,
      requestTimeoutMs: 10_000,
      answerTimeoutMs: 30_000,
      pingIntervalMs: 30_000,
    });
  });

  test.each(['0.0.0.0', '::', '192.168.1.7', 'desk.example'])('refuses %s without a token', (host) => {
    expect(refusal({ host })).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
  });

  test('takes any address with a token, which it reads from its file', () => {
    using folder = temporaryFolder();
    const tokenFile = join(folder.path, 'token');
    writeFileSync(tokenFile, 'a-token-of-some-length\n');
    expect(resolveHttpOptions({ port: 0, host: '0.0.0.0', tokenFile }).token).toBe('a-token-of-some-length');
  });

  test.each(['   ', 'too-short', 'two words that are long', 'a-token-of-söme-length'])(
    'refuses the token %j without showing it',
    (token) => {
      using folder = temporaryFolder();
      const tokenFile = join(folder.path, 'file');
      writeFileSync(tokenFile, token);
      const { code, message } = refusal({ tokenFile });
      expect(code).toBe('CONFIG_INVALID');
      expect(message).not.toContain(token);
    },
  );

  test.each([
    ['tokenFile', { tokenFile: '/nowhere/token' }],
    ['tls.certFile', { tls: { certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' } }],
    ['allowedOrigins', { allowedOrigins: ['desk.example'] }],
    ['allowedOrigins', { allowedOrigins: ['null'] }],
    ['maxClients', { maxClients: 0 }],
    ['pingIntervalMs', { pingIntervalMs: 1.5 }],
  ])('names %s when it is wrong', (option, options) => {
    expect(refusal(options).message).toMatch(new RegExp(`^${option}: `));
  });

  test('takes an origin however it is written', () => {
    const { allowedOrigins } = resolveHttpOptions({ port: 0, allowedOrigins: ['HTTPS://Desk.example:443/'] });
    expect(allowedOrigins).toEqual(['https://desk.example']);
  });
});

test('isLoopback takes only what stays on this machine', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
  expect(['0.0.0.0', '::', '127.0.0.1.example', 'my-desk', ''].map(isLoopback)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});
