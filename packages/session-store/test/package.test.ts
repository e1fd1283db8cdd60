import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requireUnderEachNode, temporaryFolder } from '@trader/testkit';
import { expect, test } from 'vitest';
import type { createSessionStore as FromSource } from '../src/index.ts';
import { newDatabase, newDataDir } from './databases.ts';

const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));

test('the built package can be required under each supported Node', async () => {
  const exportsByVersion = await requireUnderEachNode(built);
  expect(Object.keys(exportsByVersion).length).toBeGreaterThan(0);
  for (const names of Object.values(exportsByVersion))
    expect(names).toEqual([
      'SessionStoreError',
      'createSessionStore',
      'describeDatabase',
      'exportFormats',
      'exportedKinds',
      'formatPostgresUrl',
      'looksLikeUrl',
      'migrateSchema',
      'openReader',
      'parseDatabase',
      'parsePostgresUrl',
      'schemaState',
      'verifyDataset',
    ]);
});

test('the built package brings the guarded driver with it', () => {
  const code = readFileSync(built, 'utf8');
  expect(code).not.toMatch(/(from|import) ?\(?["']postgres["']/);
  expect(code).toContain('dropWrites');
});

test('the built package looks up no module of drizzle-orm, except for its views, and has the licence of what it brings', () => {
  const fromDrizzle = /(from|import) ?\(?["']drizzle-orm/;
  // Comments of drizzle-orm show how it is imported.
  expect(readFileSync(built, 'utf8').replaceAll(/^ *\*.*$/gm, '')).not.toMatch(fromDrizzle);
  expect(readFileSync(new URL('../dist/views.js', import.meta.url), 'utf8')).toMatch(fromDrizzle);
  expect(readFileSync(new URL('../licenses/drizzle-orm.txt', import.meta.url), 'utf8')).toContain('Apache License');
});

test('the built package finds its migrations', async () => {
  const { createSessionStore } = (await import(built)) as { createSessionStore: typeof FromSource };
  await using store = await createSessionStore({ dataDir: newDataDir('empty') });
  expect(await store.query('select count(*) as deltas from deltas')).toEqual([{ deltas: 0 }]);
});

test('the types of the main entry reach into no other package', () => {
  const reached = new Map<string, string>();
  const reach = (file: URL, from: string) => {
    if (reached.has(file.href)) return;
    reached.set(file.href, from);
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)) {
      expect(name, `imported by ${file.pathname}, for ${from}`).toMatch(/^(\.|node:)/);
      if (name!.startsWith('node:')) continue;
      reach(new URL(name!.replace(/\.[jt]s$/, '.d.ts'), file), file.pathname);
    }
  };
  reach(new URL('../dist/index.d.ts', import.meta.url), 'the entry');
  expect(reached.size).toBeGreaterThan(20);
});

test('what is packed records to a server without PGlite, and has all that an embedded store needs, its threads too', async () => {
  using project = temporaryFolder('packed-');
  const run = promisify(execFile);
  const root = fileURLToPath(new URL('..', import.meta.url));
  const at = (path: string) => join(project.path, 'node_modules', path);
  const { stdout: packed } = await run(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', project.path],
    {
      cwd: root,
    },
  );
  mkdirSync(at('@trader/session-store'), { recursive: true });
  const archive = join(project.path, packed.trim());
  await run('tar', ['-xzf', archive, '--strip-components=1', '-C', at('@trader/session-store')]);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
  const link = (name: string) => {
    mkdirSync(dirname(at(name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), at(name));
  };
  for (const name of Object.keys(dependencies)) link(name);
  const programFor = (location: object) => `
    import { createSessionStore } from '@trader/session-store';
    const store = await createSessionStore(${JSON.stringify(location)}).catch((error) => {
      console.log(JSON.stringify(error.code));
      process.exit();
    });
    const session = await store.openSession({ recorder: 'desk' });
    session.append({ kind: 'raw', epoch: 1, sid: 1, seq: 1, receivedAtMs: Date.now(), text: '{}' });
    await session.durable();
    await session.close({ status: 'closed', reason: 'done' });
    await store.exportDataset({ folder: 'dataset' });
    console.log(JSON.stringify(await store.query('select count(*) as messages from raw_frames')));
    await store.close();`;
  const printed = async (location: object) => {
    const args = ['--input-type=module', '--eval', programFor(location)];
    return JSON.parse((await run(process.execPath, args, { cwd: project.path })).stdout) as unknown;
  };
  const embedded = { dataDir: newDataDir('empty') };
  expect(await printed({ url: await newDatabase(), spool: { dir: join(project.path, 'spool') } })).toEqual([
    { messages: 1 },
  ]);
  expect(readdirSync(join(project.path, 'dataset/queries'))).toContain('ohlc-bars.sql');
  rmSync(join(project.path, 'dataset'), { recursive: true });
  expect(await printed(embedded)).toBe('EMBEDDED_DATABASE_MISSING');
  link('@electric-sql/pglite');
  expect(await printed(embedded)).toEqual([{ messages: 1 }]);
});
