import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { databaseName, resolveConfig, withoutExchange, type Values } from './config.ts';

const failing = (flags: Values, environment: NodeJS.ProcessEnv = {}) => {
  try {
    resolveConfig(flags, environment);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
};

describe('resolveConfig', () => {
  test('without anything records the simulator into ./data', () => {
    expect(resolveConfig({}, {})).toEqual({
      live: null,
      database: { dataDir: 'data' },
      port: 7070,
      recorder: 'trader',
      logLevel: 'info',
    });
  });

  test('takes the environment, and flags before it', () => {
    const environment = { TRADER_PORT: '1', TRADER_DATABASE: 'postgres://127.0.0.1/x' };
    expect(resolveConfig({ port: '2' }, environment)).toMatchObject({
      port: 2,
      database: { url: 'postgres://127.0.0.1/x' },
    });
  });

  test('reads the key file and the list of markets', () => {
    using folder = temporaryFolder();
    const keyFile = join(folder.path, 'kalshi.txt');
    const privateKeyPem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
    writeFileSync(keyFile, privateKeyPem);
    const environment = { TRADER_KEY_ID: 'id', TRADER_KEY_FILE: keyFile, TRADER_MARKETS: 'KXA, KXB-1.5' };
    expect(resolveConfig({}, environment).live).toEqual({
      wsUrl: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
      keyId: 'id',
      privateKeyPem,
      markets: ['KXA', 'KXB-1.5'],
    });
  });

  test('says everything that is wrong at once, by the name it was given under', () => {
    const error = failing({ port: '70000', logLevel: 'loud' }, { TRADER_WS_URL: 'https://x' });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
    const lines = (error as Error).message.split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual(['TRADER_WS_URL', '--port', '--log-level']);
  });

  test('refuses half an exchange and names what is missing', () => {
    const error = failing({ wsUrl: 'ws://127.0.0.1:1', keyId: 'id' });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/--key-file .*--markets/) });
  });

  test('names the setting of a key file that cannot be read', () => {
    const error = failing({ keyId: 'id', markets: 'KXA' }, { TRADER_KEY_FILE: '/nowhere/kalshi.pem' });
    expect(error).toMatchObject({
      code: 'KEY_FILE_UNREADABLE',
      exitCode: 2,
      message: expect.stringMatching(/^TRADER_KEY_FILE: /),
    });
  });
});

test('commands that connect to no exchange do not mind half of one in the environment', () => {
  const environment = { TRADER_KEY_ID: 'id', TRADER_PORT: '5' };
  expect(resolveConfig({}, withoutExchange(environment))).toMatchObject({ live: null, port: 5 });
});

test('a database is called without its user and password', () => {
  expect(databaseName({ url: 'postgres://me:secret@127.0.0.1:5432/x' })).toBe('postgres://127.0.0.1:5432/x');
});
