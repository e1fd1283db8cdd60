// What can lie where the embedded database belongs: each is opened, or refused with what it is and what to do. What is refused
// without being opened is left as it was, to the byte.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { PgliteEngine } from '../src/database/engines/pglite-engine.ts';
import { createSessionStore, type SessionStoreError } from '../src/index.ts';
import { systemRuntime } from '../src/runtime.ts';
import { newDataDir } from './databases.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder('data-dir-check-')));
afterEach(() => folder.remove());

/** Every file and its content, and every folder, below a folder. */
function contentOf(path: string): ReadonlyMap<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return new Map(
    entries.map((entry) => {
      const at = join(entry.parentPath, entry.name);
      return [
        relative(path, at),
        entry.isFile() ? createHash('sha256').update(readFileSync(at)).digest('hex') : 'folder',
      ];
    }),
  );
}

/** The prepared database without its tables' files, which nobody looks at before it is opened, and without our lock. */
function withoutTables(): string {
  const dataDir = join(folder.path, 'data');
  const isTable = /pglite\/(?:base\/5|global)\/\d+(?:_\w+)?$/;
  cpSync(inject('prepared').embedded.migrated, dataDir, {
    recursive: true,
    filter: (path) => !isTable.test(path) && !path.includes('lock'),
  });
  return dataDir;
}

const open = async (dataDir: string): Promise<SessionStoreError> =>
  createSessionStore({ dataDir }).then(
    async (store) => {
      await store.close();
      throw new Error('It was opened.');
    },
    (error: unknown) => error as SessionStoreError,
  );

const empty = (path: string) => {
  rmSync(path, { recursive: true });
  mkdirSync(path);
};
const emptied = (path: string) => {
  for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true });
};

type Spoiled = readonly [what: string, spoil: (pglite: string, dataDir: string) => void, said: RegExp];

const found: readonly Spoiled[] = [
  ...['17', '16', '9.6', '19'].map((version): Spoiled => [
    `of PostgreSQL ${version}`,
    (pglite) => writeFileSync(join(pglite, 'PG_VERSION'), `${version}\n`),
    new RegExp(`PostgreSQL ${version} made it.* Use the version that made it`),
  ]),
  ['with an empty PG_VERSION', (pglite) => writeFileSync(join(pglite, 'PG_VERSION'), ''), /PG_VERSION says no version/],
  [
    'without PG_VERSION',
    (pglite) => rmSync(join(pglite, 'PG_VERSION')),
    /no PG_VERSION.* interrupted.* restore a copy/,
  ],
  [
    'that a first opening left half made',
    (pglite) => {
      empty(pglite);
      mkdirSync(join(pglite, 'base'));
      writeFileSync(join(pglite, 'postgresql.conf'), '');
    },
    /no PG_VERSION.* interrupted/,
  ],
  [
    'that a first opening left with little more than PG_VERSION',
    (pglite) => {
      empty(pglite);
      mkdirSync(join(pglite, 'base'));
      writeFileSync(join(pglite, 'PG_VERSION'), '18\n');
    },
    /damaged, or a copy.* too short: postgresql\.conf, .* and \d+ more/,
  ],
  [
    'that a server has open',
    (pglite) => writeFileSync(join(pglite, 'postmaster.pid'), `${process.ppid}\n${pglite}\n1790000000\n5432\n`),
    new RegExp(`server has it open.*process ${process.ppid} .*URL`),
  ],
  [
    'that a server had open, and closed',
    (pglite) => writeFileSync(join(pglite, 'postmaster.opts'), '/usr/lib/postgresql/18/bin/postgres "-D" "data"\n'),
    /a PostgreSQL server made it, .*URL/,
  ],
  [
    'of somebody else’s files',
    (pglite) => {
      empty(pglite);
      writeFileSync(join(pglite, 'thesis.txt'), 'chapter 1');
    },
    /no database, but files of something else\. Move them away/,
  ],
  [
    'that is a file',
    (pglite) => (rmSync(pglite, { recursive: true }), writeFileSync(pglite, '')),
    /is a file \(ENOTDIR\)/,
  ],
  ['with half a pg_control', (pglite) => truncateSync(join(pglite, 'global/pg_control'), 100), /global\/pg_control/],
  ['without global', (pglite) => rmSync(join(pglite, 'global'), { recursive: true }), /global\/pg_control/],
  ['without base', (pglite) => rmSync(join(pglite, 'base'), { recursive: true }), /base\/5\/PG_VERSION/],
  ['with an empty pg_wal', (pglite) => emptied(join(pglite, 'pg_wal')), /short: pg_wal\. .*Restore a whole copy/],
  ['with an empty pg_xact', (pglite) => emptied(join(pglite, 'pg_xact')), /short: pg_xact\./],
  ['with an empty file of settings', (pglite) => rmSync(join(pglite, 'pg_hba.conf')), /pg_hba\.conf/],
  [
    'copied without its empty folders',
    (pglite) => {
      for (const name of readdirSync(pglite))
        if (!name.includes('.') && name !== 'PG_VERSION' && readdirSync(join(pglite, name)).length === 0)
          rmSync(join(pglite, name), { recursive: true });
    },
    /pg_commit_ts, pg_dynshmem, pg_notify, .* more\. Some copies leave out empty folders/,
  ],
  [
    'above it that is itself a server’s',
    (pglite, dataDir) => {
      for (const name of readdirSync(pglite)) renameSync(join(pglite, name), join(dataDir, name));
      rmSync(pglite, { recursive: true });
    },
    /itself the data folder of a PostgreSQL server/,
  ],
];

describe('a folder', () => {
  test.each(found)('%s is refused untouched', async (_what, spoil, said) => {
    const dataDir = withoutTables();
    spoil(join(dataDir, 'pglite'), dataDir);
    const before = contentOf(dataDir);
    const error = await open(dataDir);
    expect(error).toMatchObject({ code: 'DATA_DIR_UNUSABLE', retryable: false });
    expect(error.message).toMatch(said);
    expect(contentOf(dataDir)).toEqual(before);
  });

  test.each(found.slice(0, 1))('%s that was ours is refused under our lock', async (_what, spoil, said) => {
    const dataDir = withoutTables();
    spoil(join(dataDir, 'pglite'), dataDir);
    writeFileSync(join(dataDir, 'lock.sqlite'), '');
    expect((await open(dataDir)).message).toMatch(said);
  });
});

/** Seen only by opening them, which may change a file: what PostgreSQL says is passed on. */
const seenByOpening: readonly Spoiled[] = [
  [
    'with zeros for pg_control',
    (pglite) => writeFileSync(join(pglite, 'global/pg_control'), new Uint8Array(8192)),
    /does not open: .*(?:control file|incompatible).*restore a copy/,
  ],
  [
    'with a log of zeros',
    (pglite) => {
      for (const name of readdirSync(join(pglite, 'pg_wal')))
        if (/^[0-9A-F]{24}$/.test(name)) writeFileSync(join(pglite, 'pg_wal', name), new Uint8Array(2 ** 24));
    },
    /does not open: .*checkpoint record.*restore a copy/,
  ],
  [
    'with a catalogue cut off',
    (pglite) => truncateSync(join(pglite, 'base/5/1259'), 0),
    /does not open: .*critical system index.*restore a copy/,
  ],
  [
    'with settings that cannot be read',
    (pglite) => writeFileSync(join(pglite, 'postgresql.conf'), '= ='),
    /does not open: .*configuration/,
  ],
];

describe('a database', () => {
  test.each(seenByOpening)('%s is refused with the words of PostgreSQL', async (_what, spoil, said) => {
    const dataDir = newDataDir();
    spoil(join(dataDir, 'pglite'), dataDir);
    const error = await open(dataDir);
    expect(error).toMatchObject({ code: 'DATA_DIR_UNUSABLE', message: expect.stringMatching(said) });
  });

  test('that does not open in time is ended, and opens afterwards', async () => {
    const dataDir = newDataDir();
    const impatient = {
      ...systemRuntime,
      setTimer: (delayMs: number, fire: () => void) => systemRuntime.setTimer(delayMs === 120_000 ? 0 : delayMs, fire),
    };
    const error = await PgliteEngine.open(dataDir, 15_000, impatient).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringMatching(/nothing was heard of it within 120 s, and it was ended\. .*restore a copy/),
    });
    await using store = await createSessionStore({ dataDir });
    expect(await store.sessions()).toEqual([]);
  });

  test('whose first opening is interrupted does not lie under its own name', async () => {
    const dataDir = join(folder.path, 'data');
    const unfinished = join(dataDir, 'pglite-unfinished');
    const interrupting = {
      ...systemRuntime,
      setTimer: (delayMs: number, fire: () => void) => {
        if (delayMs !== 120_000) return systemRuntime.setTimer(delayMs, fire);
        // Once there is something.
        const look = setInterval(() => {
          if (!existsSync(unfinished) || readdirSync(unfinished).length === 0) return;
          clearInterval(look);
          fire();
        }, 1);
        return () => clearInterval(look);
      },
    };
    const error = await PgliteEngine.open(dataDir, 15_000, interrupting).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
    expect(readdirSync(unfinished)).not.toEqual([]);
    expect(existsSync(join(dataDir, 'pglite'))).toBe(false);
  });

  test('on a disk without room says so before anything is made, and gives the folder back', async () => {
    const dataDir = join(folder.path, 'data');
    let freeBytes = 2 ** 20;
    const opened = async () => PgliteEngine.open(dataDir, 15_000, systemRuntime, async () => freeBytes);
    await expect(opened()).rejects.toMatchObject({
      code: 'DATABASE_OVERLOADED',
      retryable: true,
      message: expect.stringContaining('has 1 MiB left'),
    });
    expect(readdirSync(dataDir).filter((name) => name.startsWith('pglite'))).toEqual([]);
    freeBytes = Infinity;
    // To make one takes long.
    cpSync(join(inject('prepared').embedded.empty, 'pglite'), join(dataDir, 'pglite'), { recursive: true });
    await (await opened()).close();
  });

  test('whose files are gone while it is in use is not made anew', async () => {
    const dataDir = newDataDir();
    const engine = await PgliteEngine.open(dataDir, 15_000, systemRuntime);
    renameSync(join(dataDir, 'pglite'), join(dataDir, 'elsewhere'));
    const asked = async () =>
      engine.transact(async (run) => run({ text: 'select * from pg_class', parameters: [] }), { doing: 'Asking' });
    await expect(asked(), 'a file that is not there ends the thread').rejects.toMatchObject({ sqlState: '58P01' });
    await expect(asked()).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining('does not open again'),
    });
    expect(existsSync(join(dataDir, 'pglite'))).toBe(false);
    await engine.close();
  });
});
