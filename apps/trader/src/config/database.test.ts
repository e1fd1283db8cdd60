// The table of what people give as the database, through everything that the app makes of the setting.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { formatPostgresUrl, parsePostgresUrl, type PostgresUrl } from '@trader/session-store';
import { databaseTexts, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseName, loadConfig, resolveConfig } from './load-config.ts';
import { effectiveConfig } from './effective-config.ts';
import type { TraderError } from '../errors.ts';
import { resolveHttpOptions } from './http-options.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const load = (flags: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}) =>
  loadConfig(flags, environment, { directory: folder.path });

const refusalOf = (work: () => unknown): TraderError => {
  try {
    work();
  } catch (error) {
    return error as TraderError;
  }
  throw new Error('nothing was refused');
};

const write = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

const inFile = (text: string) => write('trader.yaml', `database: ${JSON.stringify(text)}\n`);

/** A row, given in each way that there is. */
const ways: readonly (readonly [string, (text: string) => ReturnType<typeof loadConfig>])[] = [
  ['a flag', (text) => load({ database: text })],
  ['a variable', (text) => load({}, { TRADER_DATABASE: text })],
  ['a file', (text) => load({ config: inFile(text) })],
];

const servers = databaseTexts.filter(({ means }) => 'server' in means);
const folders = databaseTexts.filter(({ means }) => 'folder' in means);
const refusals = databaseTexts.filter(({ means }) => 'refused' in means);

describe('given as a flag, in the environment and in a file', () => {
  test.each(servers)('$what', ({ text, secrets, means }) => {
    const url = parsePostgresUrl(text);
    const { shown } = (means as Extract<typeof means, { server: object }>).server;
    for (const [way, read] of ways) {
      const loaded = read(text);
      expect(loaded.config.database, way).toEqual({ url: formatPostgresUrl(url as PostgresUrl) });
      expect(databaseName(loaded.config.database)).toBe(shown);
      const settings = JSON.stringify(effectiveConfig(loaded));
      expect(settings).toContain(shown);
      for (const secret of secrets) expect(settings, way).not.toContain(secret);
    }
  });

  test.each(folders)('$what', ({ text, means }) => {
    const dataDir = (means as Extract<typeof means, { folder: string }>).folder;
    for (const [way, read] of ways) expect(read(text).config.database, way).toEqual({ dataDir });
  });

  test.each(refusals)('$what', ({ text, secrets, means }) => {
    for (const [way, read] of ways) {
      const error = refusalOf(() => read(text));
      const { code, exitCode, message } = error;
      expect({ code, exitCode }, way).toEqual({ code: 'CONFIG_INVALID', exitCode: 2 });
      expect(message).toMatch((means as Extract<typeof means, { refused: RegExp }>).refused);
      expect(message).toMatch(/^(?:--database|TRADER_DATABASE|trader\.yaml:1): database .*\. Example: /);
      for (const secret of secrets) expect(message, way).not.toContain(secret);
      // Nor in what a debugger, or Node at the end of a program, shows of it.
      for (const secret of secrets) expect(inspect(error, { depth: null }), way).not.toContain(secret);
    }
  });
});

describe('a password file', () => {
  const passwordFile = (password: string) => write('password', password);

  test.each([
    ['one host', 'postgres://me@h/x', 'postgres://me:p%40ss%2Fw%25rd@h/x'],
    ['several hosts', 'postgres://me@h1,h2:5433/x', 'postgres://me:p%40ss%2Fw%25rd@h1,h2:5433/x'],
    ['an IPv6 address', 'postgres://me@[::1]:5432/x', 'postgres://me:p%40ss%2Fw%25rd@[::1]:5432/x'],
    ['a socket', 'postgres:///x?host=/sock&user=me', 'postgres://me:p%40ss%2Fw%25rd@%2Fsock/x'],
  ])('goes with %s', (_what, database, url) => {
    const databasePasswordFile = passwordFile('p@ss/w%rd\n');
    expect(resolveConfig({ database, databasePasswordFile }, {}, { directory: folder.path }).database).toEqual({ url });
  });

  test.each([
    ['a password as parameter', 'postgres://me@h/x?password=other', 'secret', /has a password too/],
    ['no user', 'postgres://h/x', 'secret', /needs a user/],
    ['a folder', 'data', 'secret', /needs a postgres:\/\/ URL/],
    ['nothing in the file', 'postgres://me@h/x', '\n', /is empty/],
    ['a file of bytes that are no text', 'postgres://me@h/x', 'sec\0ret', /is no text/],
  ])('does not go with %s', (_what, database, password, said) => {
    const { message } = refusalOf(() => load({ database, databasePasswordFile: passwordFile(password) }));
    expect(message).toMatch(said);
    expect(message).not.toContain('secret');
  });
});

describe('a secret in place of the path of its file', () => {
  const secret = 'Zq7plantedW0rd';

  test.each([
    ['a key', () => load({ keyId: 'i', markets: 'KXA', keyFile: secret })],
    ['a password', () => load({ database: 'postgres://me@h/x', databasePasswordFile: secret })],
    ['a token', () => resolveHttpOptions({ port: 0, tokenFile: secret })],
    [
      'the key of a certificate',
      () => resolveHttpOptions({ port: 0, tls: { certFile: write('c', ''), keyFile: secret } }),
    ],
    ['settings', () => load({ config: secret })],
  ])('%s is in no part of the error', (_what, read) => {
    const error = refusalOf(read);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('there is no such file (ENOENT)') });
    expect(inspect(error, { depth: null })).not.toContain(secret);
  });
});

describe('a schema', () => {
  test('stands beside the URL, with a password from a file too', () => {
    const database = 'postgres://me@h/x';
    const databasePasswordFile = write('password', 'secret');
    const given = { database, databasePasswordFile, databaseSchema: 'books' };
    const resolved = resolveConfig(given, {}, { directory: folder.path }).database;
    expect(resolved).toEqual({ url: 'postgres://me:secret@h/x', schema: 'books' });
    expect(resolveConfig({ database, databaseSchema: 'books' }, {}, { directory: folder.path }).database).toEqual({
      url: database,
      schema: 'books',
    });
  });

  test('is for a server', () => {
    const { message } = refusalOf(() => load({ database: 'data', databaseSchema: 'books' }));
    expect(message).toMatch(/databaseSchema needs a postgres:\/\/ URL/);
  });
});
