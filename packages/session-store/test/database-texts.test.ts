// The table of what people give as the database: what it is read as, and what the driver really connects with.
import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from '@trader/testkit/fast-check';
import { databaseTexts, temporaryFolder } from '@trader/testkit';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { describeDatabase, looksLikeUrl, parseDatabase } from '../src/database/location/database-text.ts';
import { formatPostgresUrl, parsePostgresUrl, type PostgresUrl } from '../src/database/location/postgres-url.ts';
import { createSessionStore, schemaState } from '../src/index.ts';
import { driverOptions, hostsOf } from '../src/database/engines/driver-options.ts';
import { ServerOnPaper } from './server-on-paper.ts';

const servers = databaseTexts.flatMap(({ what, text, secrets, means }) =>
  'server' in means ? [{ what, text, secrets, server: means.server }] : [],
);
const refusals = databaseTexts.flatMap(({ what, text, secrets, means }) =>
  'refused' in means ? [{ what, text, secrets, refused: means.refused }] : [],
);
const folders = databaseTexts.flatMap(({ what, text, means }) =>
  'folder' in means ? [{ what, text, folder: means.folder }] : [],
);

const parsed = (text: string): PostgresUrl => {
  const url = parsePostgresUrl(text);
  if ('problem' in url) throw new Error(`refused: ${url.problem}`);
  return url;
};

/** What the driver would connect with. It opens no connection before the first query. */
function connection(...[url, options]: Parameters<typeof postgres>) {
  const { host, port, path, user, pass, database, ssl, connection, target_session_attrs } = postgres(url, options)
    .options as unknown as Record<string, unknown>;
  return { host, port, path, user, pass, database, ssl, connection, target_session_attrs };
}

/** The same of what we give it, host by host. */
function connections(text: string, environment = {}) {
  const url = parsed(text);
  const all = hostsOf(url, environment).map((host) => {
    const options = driverOptions(url, host, environment);
    const { host: hosts, port, ...rest } = connection('', options as Parameters<typeof postgres>[1]);
    return { hosts: hosts as string[], ports: port as number[], rest };
  });
  const { application_name, ...settings } = all[0]!.rest.connection as Record<string, unknown>;
  return {
    ...all[0]!.rest,
    host: all.flatMap(({ hosts }) => hosts),
    port: all.flatMap(({ ports }) => ports),
    connection: {
      ...settings,
      application_name: application_name === 'session-store' ? 'postgres.js' : application_name,
    },
    // The engine chooses, and not the driver.
    target_session_attrs: url.parameters['target_session_attrs'],
  };
}

describe('a server', () => {
  test.each(servers)('$what', ({ text, secrets, server }) => {
    const { hosts, user, password, database, parameters } = server;
    const url = parsed(text);
    expect(url).toEqual({ hosts: hosts.map(([host, port]) => ({ host, port })), user, password, database, parameters });
    // In one spelling it is the same.
    expect(parseDatabase(text)).toEqual({ url: formatPostgresUrl(url) });
    expect(parsed(formatPostgresUrl(url))).toEqual(url);
    expect(describeDatabase({ url: text })).toBe(server.shown);
    for (const secret of secrets) expect(server.shown).not.toContain(secret);
    expect(looksLikeUrl(text)).toBe(true);
  });

  test.each(servers)('$what: is what the driver reads by itself, or it is said why not', ({ text, server }) => {
    const ours = connections(text);
    const byItself = (() => {
      try {
        return connection(text);
      } catch {
        return null;
      }
    })();
    expect(isDeepStrictEqual(ours, byItself), server.unlikeDriver ?? '').toBe(server.unlikeDriver === null);
  });

  test('any that can be written is read as it was meant', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).filter((value) => !value.includes('\0'));
    const host = fc.constantFrom('h', 'db_1.my-net', '10.0.0.1', '::1', 'fe80::1%eth0', 'bücher.example');
    const hosts = fc.array(fc.record({ host, port: fc.option(fc.integer({ min: 1, max: 65_535 })) }), {
      minLength: 1,
      maxLength: 3,
    });
    const socket = fc.constantFrom('/sock', '/var/run/my postgres').map((folder) => [{ host: folder, port: 5433 }]);
    const nothing = fc.constant([{ host: null, port: null }]);
    const parameters = fc.dictionary(fc.constantFrom('application_name', 'options', 'search_path'), text);
    const url = fc.record({
      hosts: fc.oneof(hosts, socket, nothing),
      user: fc.option(text),
      password: fc.option(text),
      database: fc.option(text),
      parameters,
    });
    fc.assert(
      fc.property(url, (wanted) => {
        const written = formatPostgresUrl(wanted);
        expect(parsed(written)).toEqual(wanted);
        expect(parseDatabase(written)).toEqual({ url: written });
      }),
    );
  });
});

describe('the driver', () => {
  test.each([
    ['an address', (port: number) => `postgres://me:p%40s%2F@127.0.0.1:${port}/my%20books`, '127.0.0.1'],
    ['an IPv6 address', (port: number) => `postgres://me:p%40s%2F@[::1]:${port}/my%20books`, '::1'],
    [
      'parameters',
      (port: number) => `postgres:///?host=127.0.0.1&port=${port}&user=me&password=p%40s%2F&dbname=my%20books`,
      '127.0.0.1',
    ],
    [
      'several hosts, the first of them away',
      (port: number) => `postgres://me:p%40s%2F@[::1]:1,127.0.0.1:${port}/my%20books`,
      '127.0.0.1',
    ],
  ])('connects by %s', async (_what, url, address) => {
    await using server = await ServerOnPaper.listen({ host: address, port: 0 });
    await expect(schemaState({ url: url(server.port) })).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    expect(server.asked[0]).toMatchObject({ user: 'me', database: 'my books', password: 'p@s/' });
  });

  test.skipIf(process.platform === 'win32').each([
    ['as host', (folder: string) => `postgres://me:pw@${encodeURIComponent(folder)}:5433/x`],
    ['as parameter', (folder: string) => `postgres://me:pw@/x?host=${folder}&port=5433`],
  ])('connects by the folder of a socket %s', async (_what, url) => {
    using folder = temporaryFolder('pg-');
    await using server = await ServerOnPaper.listen({ path: `${folder.path}/.s.PGSQL.5433` });
    await expect(schemaState({ url: url(folder.path) })).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    expect(server.asked[0]).toMatchObject({ user: 'me', database: 'x', password: 'pw' });
  });

  test('finds by itself what the URL does not say', async () => {
    expect(connections('postgres:///')).toEqual(connection('postgres:///'));
    expect(connections('postgres://h1,h2:1', { PGPORT: '6432' })).toMatchObject({
      host: ['h1', 'h2'],
      port: [6432, 1],
    });
    const several = { PGHOST: 'h1,h2', PGPORT: '1,2' };
    expect(connections('postgres:///', several)).toMatchObject({ host: ['h1', 'h2'], port: [1, 2] });
  });
});

describe('a text that is refused', () => {
  test.each(refusals)('$what', ({ text, secrets, refused }) => {
    const { problem } = parseDatabase(text) as { problem: string };
    expect(problem).toMatch(refused);
    for (const secret of secrets) expect(problem).not.toContain(secret);
    expect(looksLikeUrl(text)).toBe(true);
  });

  test.each([...refusals, ...servers])('$what: makes no folder', async ({ text, secrets, ...kind }) => {
    using folder = temporaryFolder();
    const before = process.cwd();
    process.chdir(folder.path);
    try {
      for (const location of [
        ...('refused' in kind ? [{ url: text }] : []),
        { dataDir: text },
        { dataDir: 'data', spool: { dir: text } },
      ]) {
        const error = await createSessionStore(location).then(
          () => null,
          (cause: unknown) => cause as Error,
        );
        expect('url' in location ? error !== null : error instanceof TypeError).toBe(true);
        for (const secret of secrets) expect(everythingOf(error)).not.toContain(secret);
      }
      expect(readdirSync('.')).toEqual([]);
    } finally {
      process.chdir(before);
    }
  });
});

describe('a folder', () => {
  test.each(folders)('$what', ({ text, folder }) => {
    expect(parseDatabase(text)).toEqual({ dataDir: folder });
    expect(describeDatabase({ dataDir: folder })).toBe(folder);
  });

  test('of a name that looks like a URL is not shown', () => {
    expect(describeDatabase({ dataDir: 'pg://me:secret@h' })).toBe('a folder that looks like a URL');
    expect(describeDatabase({ url: 'pg://me:secret@h' })).toBe('a database whose URL cannot be read');
  });
});

/** Also what `console.error` would show of it: properties and causes. */
const everythingOf = (error: unknown): string =>
  error instanceof Error
    ? [error.message, error.stack, ...Object.values(error).map(String), everythingOf(error.cause)].join('\n')
    : String(error);
