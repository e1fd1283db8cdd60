// What the store makes on a disk belongs to its user alone, whatever the umask. What was there stays as it was.
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSessionStore } from '../src/index.ts';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import { setAside } from '../src/spool/recovery/set-aside-file.ts';
import { newDataDir } from './databases.ts';
import { entryOf } from './spool-entries.ts';

let folder: TemporaryFolder;
const umask = process.umask();
beforeEach(() => void (folder = temporaryFolder('file-modes-')));
afterEach(() => {
  process.umask(umask);
  folder.remove();
});

/** `spool/mark` → `600`, of all below the folder; of what `inside` accepts only the folder itself. */
function modes(inside: (path: string) => boolean = () => false): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const look = (path: string) => {
    // What was sent is removed meanwhile.
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    found.set(relative(folder.path, path), (stat.mode & 0o777).toString(8));
    if (!stat.isDirectory() || inside(path)) return;
    for (const name of readdirSync(path)) look(join(path, name));
  };
  for (const name of readdirSync(folder.path)) look(join(folder.path, name));
  return found;
}

const wide = (found: ReadonlyMap<string, string>) => [...found].filter(([, mode]) => mode !== '700' && mode !== '600');

const inPglite = (path: string) => path.endsWith('pglite');

describe.skipIf(process.platform === 'win32').each([0o000, 0o022])('under umask %i', (mask) => {
  test('an embedded store', async () => {
    process.umask(mask);
    const store = await createSessionStore({ dataDir: join(folder.path, 'not', 'yet', 'data') });
    const session = await store.openSession({ recorder: 'desk' });
    session.append({ kind: 'raw', epoch: 1, sid: 1, seq: 1, receivedAtMs: Date.now(), text: '{}' });
    await session.durable();
    const found = modes(inPglite);
    // Made here, so that its size is the store's to choose.
    expect(await store.query('show shared_buffers')).toEqual([{ shared_buffers: '32MB' }]);
    await store.close();
    expect([...found.keys()]).toEqual(
      expect.arrayContaining([
        'not',
        'not/yet/data/lock.sqlite',
        'not/yet/data/lock-holder.json',
        'not/yet/data/pglite',
        ...['mark', 'reserve', 'spool.sqlite', 'spool.sqlite-wal'].map((name) => `not/yet/data/spool/${name}`),
      ]),
    );
    expect(wide(found)).toEqual([]);
    expect(wide(modes(inPglite))).toEqual([]);
  });

  test('a spool, with copies of what is damaged', async () => {
    process.umask(mask);
    const path = join(folder.path, 'spool', 'desk');
    const spool = await openSqliteSpool({ folder: path });
    for (let index = 0; index < 30; index++) spool.append(entryOf(index));
    await spool.close();
    const database = join(path, 'spool.sqlite');
    writeFileSync(database, readFileSync(database).fill(0, 4096));
    // As somebody has left it.
    chmodSync(database, 0o644);
    const again = await openSqliteSpool({ folder: path });
    await again.close();
    const found = modes();
    const kept = [...found.keys()].filter((name) => name.endsWith('.damaged'));
    expect(kept).toHaveLength(1);
    expect(wide(found)).toEqual([[kept[0], '644']]);
  });

  test('records that were set aside', async () => {
    process.umask(mask);
    const raw = { kind: 'raw', epoch: 1, sid: null, seq: null, receivedAtMs: 1, text: '{}' } as const;
    await setAside(join(folder.path, 'spool'), 'id', async (add) => add([raw], 1));
    expect([...modes().keys()]).toContain('spool/set-aside/id-1.ndjson');
    expect(wide(modes())).toEqual([]);
  });

  test('what was there stays as it was', async () => {
    process.umask(mask);
    const dataDir = newDataDir('migrated', join(folder.path, 'data'));
    mkdirSync(join(dataDir, 'spool'), { recursive: true });
    writeFileSync(join(dataDir, 'notes.txt'), '');
    for (const name of ['', 'pglite', 'spool']) chmodSync(join(dataDir, name), 0o755);
    chmodSync(join(dataDir, 'notes.txt'), 0o664);
    await (await createSessionStore({ dataDir })).close();
    expect(wide(modes(inPglite))).toEqual([
      ['data', '755'],
      ['data/notes.txt', '664'],
      ['data/pglite', '755'],
      ['data/spool', '755'],
    ]);
  });
});
