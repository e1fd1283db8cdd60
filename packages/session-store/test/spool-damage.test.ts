// Whatever happens to the files while nobody has them open: what is read is what was written, and what is lost was there: its
// session's last batch says so.
import {
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { temporaryFolder, testSeed, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import type { Spool } from '../src/spool/spool.ts';
import { extract } from './folders-of-versions.ts';
import { codeOf, entryOf, indexOf, readSession } from './spool-entries.ts';
import { spoilSpools } from './spool-spoiling.ts';

let folder: TemporaryFolder;
let spool: Spool | null = null;
beforeEach(() => void (folder = temporaryFolder('spool-damage-')));
afterEach(async () => {
  await spool?.close().catch(() => undefined);
  spool = null;
  folder.remove();
});

const pathOf = (name: string) => join(folder.path, name);
const database = () => pathOf('spool.sqlite');
const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, index) => from + index);
const indices = async (from = spool!) => (await readSession(from, 'session-1')).map(indexOf);
const damagedFiles = () => readdirSync(folder.path).filter((name) => name.endsWith('.damaged'));
const open = async () => (spool = await openSqliteSpool({ folder: folder.path }));

async function fill(count: number, bytes = 200): Promise<void> {
  await open();
  for (const index of upTo(count)) spool!.append(entryOf(index, { bytes }));
  await spool!.close();
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** Leaves the folder as a process leaves it that is killed now. */
async function killed(): Promise<void> {
  const copy = temporaryFolder('spool-damage-copy-');
  cpSync(folder.path, copy.path, { recursive: true });
  await spool!.close();
  folder.remove();
  folder = copy;
}

test('30 kinds of damage: never a wrong entry, never a loss of which nobody knows', async () => {
  const { damaged, lost, kept } = await spoilSpools(30, testSeed());
  // Or the test would show nothing.
  expect(damaged).toBeGreaterThan(8);
  expect(lost).toBeGreaterThan(50);
  expect(kept).toBeGreaterThan(3);
});

test.each([
  ['payload', entryOf(7).payload],
  ['number of records', `["session-1",10,${entryOf(7).atMs},`],
])('a row whose %s is not what was written is left out, and all others are there', async (_what, text) => {
  await fill(20);
  const bytes = readFileSync(database());
  const wanted = Buffer.from(text);
  // SQLite leaves copies behind where rows are moved.
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    overwrite(database(), at + wanted.length - 2, Buffer.from('8'));
  }
  await open();
  expect(await indices()).toEqual(upTo(20).filter((index) => index !== 7));
  expect(spool!.sessions()).toEqual([{ session: 'session-1', lastBatch: 20, records: 190 }]);
  expect(spool!.depth().entries).toBe(19);
  spool!.append(entryOf(20));
  await spool!.durable();
  expect((await indices()).at(-1)).toBe(20);
});

test('a row that is found under another key does not stand in the way of what comes', async () => {
  await fill(10);
  const { DatabaseSync } = await import('node:sqlite');
  const other = new DatabaseSync(database());
  other.exec('update rows set key = key + 5 where key = (select max(key) from rows)');
  other.close();
  await open();
  expect(await indices()).toEqual(upTo(9));
  for (const index of upTo(16, 10)) spool!.append(entryOf(index));
  await spool!.durable();
  expect(await indices()).toEqual([...upTo(9), ...upTo(16, 10)]);
});

describe('a database', () => {
  test('whose structure is damaged is kept for people to look at, and what can be read of it goes on in a new one', async () => {
    await fill(200);
    const bytes = readFileSync(database());
    overwrite(database(), 4096 * 7, new Uint8Array(4096));
    const spoiled = readFileSync(database());
    expect(spoiled).not.toEqual(bytes);
    await open();
    const left = await indices();
    expect(left.length).toBeGreaterThan(150);
    expect(left.length).toBeLessThan(200);
    expect(spool!.sessions()).toEqual([{ session: 'session-1', lastBatch: 200, records: left.length * 10 }]);
    expect(damagedFiles()).toHaveLength(1);
    spool!.append(entryOf(200));
    await spool!.close();
    await open();
    expect(await indices()).toEqual([...left, 200]);
    expect(damagedFiles()).toHaveLength(1);
  });

  test.each([
    ['is no database any more', () => writeFileSync(database(), 'no database')],
    ['is empty', () => truncateSync(database())],
    ['is gone', () => rmSync(database())],
    ['has another header', () => overwrite(database(), 0, new Uint8Array(100).fill(7))],
  ])('that %s: nothing is left, and the session is known to have been there', async (_what, spoil) => {
    await fill(10);
    spoil();
    await open();
    expect([await indices(), spool!.sessions()]).toEqual([[], [{ session: 'session-1', lastBatch: 10, records: 0 }]]);
    spool!.append(entryOf(10));
    spool!.append(entryOf(0, { session: 'session-2' }));
    await spool!.durable();
    expect(await indices()).toEqual([10]);
  });

  test('that loses the end of its log is seen to, although SQLite says nothing: the mark knows how far it went', async () => {
    await open();
    for (const index of upTo(30)) {
      spool!.append(entryOf(index));
      await spool!.durable();
    }
    await killed();
    const log = pathOf('spool.sqlite-wal');
    truncateSync(log, Math.floor(statSync(log).size * 0.7));
    await open();
    const left = await indices();
    expect(left).toEqual(upTo(left.length));
    expect(left.length).toBeLessThan(30);
    expect(spool!.sessions()).toEqual([{ session: 'session-1', lastBatch: 30, records: left.length * 10 }]);
  });

  test('that is damaged while it is open is salvaged, too', async () => {
    await fill(400, 2000);
    await open();
    overwrite(database(), 4096 * 20, Buffer.alloc(4096 * 20, 0xa5));
    const left = await indices();
    expect(left.length).toBeGreaterThan(100);
    expect(left.length).toBeLessThan(400);
    for (const index of upTo(420, 400)) spool!.append(entryOf(index, { bytes: 2000 }));
    spool!.note('session-1', 'goes on');
    await spool!.durable();
    expect(await spool!.notes('session-1')).toEqual(['goes on']);
    await spool!.close();
    await open();
    expect((await indices()).slice(-20)).toEqual(upTo(420, 400));
    expect(spool!.sessions()[0]).toMatchObject({ lastBatch: 420 });
  });

  test('of damaged ones the latest 16 are kept', async () => {
    for (const number of upTo(20)) writeFileSync(pathOf(`spool.sqlite.${1_000_000_000_000 + number}.damaged`), '');
    await fill(10);
    writeFileSync(database(), 'no database');
    await open();
    expect(damagedFiles()).toHaveLength(16);
    expect(readFileSync(pathOf(damagedFiles().toSorted().at(-1)!), 'utf8')).toBe('no database');
  });

  test('whose salvage was interrupted is salvaged again, or its salvage put in its place', async () => {
    await fill(10);
    writeFileSync(pathOf('spool.sqlite.salvaged'), 'half of it');
    await open();
    expect(await indices()).toEqual(upTo(10));
    expect(existsSync(pathOf('spool.sqlite.salvaged'))).toBe(false);
    await spool!.close();
    cpSync(database(), pathOf('spool.sqlite.salvaged'));
    rmSync(database());
    await open();
    expect(await indices()).toEqual(upTo(10));
  });
});

describe('a mark', () => {
  test('that is torn or unreadable is no damage', async () => {
    await fill(10);
    for (const spoiled of [Buffer.alloc(64, 255), Buffer.alloc(0), readFileSync(pathOf('mark')).subarray(0, 20)]) {
      writeFileSync(pathOf('mark'), spoiled);
      await open();
      expect(await indices()).toEqual(upTo(10));
      expect(spool!.sessions()).toEqual([{ session: 'session-1', lastBatch: 10, records: 100 }]);
      await spool!.close();
    }
    expect(damagedFiles()).toEqual([]);
  });

  test('that is older than the database brings nobody back who was forgotten', async () => {
    await fill(10);
    const mark = readFileSync(pathOf('mark'));
    await open();
    spool!.append(entryOf(0, { session: 'session-2' }));
    spool!.forget('session-1');
    await spool!.close();
    writeFileSync(pathOf('mark'), mark);
    await open();
    expect(spool!.sessions()).toEqual([{ session: 'session-2', lastBatch: 1, records: 10 }]);
  });
});

describe('a folder of another version', () => {
  const contents = () =>
    readdirSync(folder.path)
      .filter((name) => !name.startsWith('lock'))
      .map((name) => [name, crc32(readFileSync(pathOf(name)))]);

  test('that holds a log in segments is refused, and nothing in it is touched', async () => {
    extract('schema-1795369200000', 'spool', folder.path);
    const before = contents();
    const refused = await open().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'SPOOL_OF_OTHER_VERSION',
      message: expect.stringMatching(/Start that version once more/),
    });
    expect(contents()).toEqual(before);
  });

  test('that holds nothing any more is taken over', async () => {
    extract('schema-1795369200000', 'spool', folder.path);
    // As that version leaves it when the database has everything.
    for (const name of readdirSync(folder.path)) if (name.endsWith('.segment')) rmSync(pathOf(name));
    writeFileSync(pathOf('0000000000000007-02ddb154.segment'), '');
    writeFileSync(pathOf('notes.segment'), 'not ours');
    await open();
    expect(spool!.sessions()).toEqual([]);
  });

  test('that a newer one wrote is refused, and a damaged version is damage', async () => {
    await fill(10);
    await open();
    await spool!.close();
    const { DatabaseSync } = await import('node:sqlite');
    const { applicationId, spoolVersion } = await import('../src/spool/log/spool-version.ts');
    const newer = new DatabaseSync(database());
    newer.exec(`pragma user_version = ${spoolVersion + 1}; pragma application_id = ${applicationId(spoolVersion + 1)}`);
    newer.close();
    const bytes = readFileSync(database());
    expect(codeOf(await open().catch((error: unknown) => error))).toBe('SPOOL_OF_OTHER_VERSION');
    expect(readFileSync(database())).toEqual(bytes);
    overwrite(database(), 60, Uint8Array.of(1));
    await open();
    expect(await indices()).toEqual(upTo(10));
    expect(damagedFiles()).toHaveLength(1);
  });
});

test('files of others in the folder are left alone', async () => {
  await fill(5);
  writeFileSync(pathOf('notes.damaged'), 'not ours');
  await open();
  expect(await indices()).toEqual(upTo(5));
  expect(readFileSync(pathOf('notes.damaged'), 'utf8')).toBe('not ours');
});
