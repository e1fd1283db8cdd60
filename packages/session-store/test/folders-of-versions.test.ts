// What earlier versions left on a disk is opened, and nothing that they promised is lost; or it is refused by name, and left as it is.
// See CONTRIBUTING.md for when to keep another one.
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionId, type SessionStoreOptions, type SpoolRecovery } from '../src/index.ts';
import type { Progress } from './crash-records.ts';
import { newDatabase, newDataDir } from './databases.ts';
import { finishRecovery } from './finish-recovery.ts';
import { expectedOf, extract, versions, type Left } from './folders-of-versions.ts';
import { judgeStore, lawful } from './laws.ts';
import { listen } from './listen.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder('folders-of-versions-')));
afterEach(() => folder.remove());

const count = ({ deltas, trades, raw }: Progress) => deltas + trades + raw;

const leftOf = ({ closed, durable }: Left) => [...(closed ? [closed] : []), durable];

/** Lets a store bring in what was left, and asks the next one what there is, before and after it compacts. */
async function broughtIn(left: Left, options: SessionStoreOptions) {
  await finishRecovery(options);
  const promised = new Map<SessionId, Progress>(leftOf(left).map((progress) => [progress.session, progress]));
  await using store = await createSessionStore({ ...options, compaction: false });
  const found = await judgeStore(store, promised);
  await store.compact();
  const sessions = (await store.sessions()).map(({ id, status, messages }) => ({ id, status, messages }));
  return { found, compacted: await judgeStore(store, promised), sessions };
}

/** Every law holds, `verify` says so too, and every record that was promised is there. */
function allOf(left: Left) {
  const sessions = leftOf(left).map((progress) => ({
    id: progress.session,
    status: progress === left.closed ? 'closed' : 'reclaimed',
    messages: count(progress),
  }));
  const records = sessions.reduce((sum, { messages }) => sum + messages, 0);
  const judged = { ...lawful, sessions: sessions.length, records };
  return { found: judged, compacted: judged, sessions: expect.arrayContaining(sessions) as object[] };
}

/** Their spool is a log in segments, which is not read any more. */
const withSegments = ['schema-1795369200000'];

test('there are some of either kind', () => {
  expect(versions).toEqual(expect.arrayContaining(withSegments));
  expect(versions.length).toBeGreaterThan(withSegments.length);
});

/** Every file with what is in it. */
const contentOf = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((file) => [file, readFileSync(file).toString('base64')]);

describe.each(withSegments)('of %s', (version) => {
  const expected = expectedOf(version);

  test.each(['embedded', 'spool'] as const)(
    'its unsent spool is refused by name, and nothing changes: %s',
    async (what) => {
      extract(version, what, folder.path);
      const before = contentOf(folder.path);
      const options =
        what === 'embedded' ? { dataDir: folder.path } : { url: await newDatabase(), spool: { dir: folder.path } };
      await expect(createSessionStore(options)).rejects.toMatchObject({
        code: 'SPOOL_OF_OTHER_VERSION',
        message: expect.stringMatching(/written by an earlier version .* Start that version once more/) as string,
      });
      expect(contentOf(folder.path)).toEqual(before);
    },
  );

  test('its embedded database is read whole', async () => {
    extract(version, 'embedded', folder.path);
    const { embedded } = expected;
    const left = { ...embedded, durable: embedded.written };
    expect(await broughtIn(left, { dataDir: folder.path, spool: false })).toMatchObject(allOf(left));
  });
});

describe.each(versions.filter((version) => !withSegments.includes(version)))('of %s', (version) => {
  const expected = expectedOf(version);

  test('an embedded store and its unsent spool are read whole', async () => {
    const dataDir = join(folder.path, 'data');
    extract(version, 'embedded', dataDir);
    expect(await broughtIn(expected.embedded, { dataDir })).toMatchObject(allOf(expected.embedded));
  });

  test('the unsent spool of an embedded store is kept, whatever database is beside it', async () => {
    const dataDir = newDataDir();
    extract(version, 'embedded', join(folder.path, 'data'));
    cpSync(join(folder.path, 'data', 'spool'), join(dataDir, 'spool'), { recursive: true });
    const { durable, written } = expected.embedded;
    const recoveries: SpoolRecovery[] = [];
    await using store = await createSessionStore({
      dataDir,
      on: listen({ onRecovery: (recovery) => recoveries.push(recovery) }),
    });
    await expect.poll(() => recoveries, { timeout: 30_000 }).toHaveLength(1);
    expect(recoveries).toMatchObject([{ session: durable.session, outcome: 'set-aside' }]);
    const { file, setAside } = recoveries[0] as { file: string; setAside: number };
    expect(setAside).toBeGreaterThanOrEqual(count(durable) - count(written));
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(setAside);
    expect(await store.sessions()).toEqual([]);
  });

  test('a server’s unsent spool is read whole', async () => {
    const { recorders, sessions, ...left } = expected.spool;
    const url = await newDatabase();
    const sql = postgres(url, { max: 1 });
    // Column by column: what a later schema has besides keeps its default.
    for (const [table, rows] of Object.entries({ recorders, sessions }))
      for (const row of rows) await sql`insert into ${sql(table)} ${sql(row as Record<string, string>)}`;
    // Whatever this machine's clock says.
    await sql`update sessions set lease_until = now() - interval '1 hour' where lease_until is not null`;
    await sql.end();
    const dir = join(folder.path, 'spool');
    extract(version, 'spool', dir);
    // A server that has just started gives every owner a lease's time to come back.
    const lease = { durationMs: 2000, renewalsPerLease: 3, sweepEveryMs: 100 };
    expect(await broughtIn(left, { url, spool: { dir }, lease })).toMatchObject(allOf(left));
  });
});
