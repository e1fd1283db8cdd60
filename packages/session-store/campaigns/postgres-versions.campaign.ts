// The store on each PostgreSQL that it may meet: what it promises on any engine, compaction, reading, and a standby. The servers are
// published ones, which lie apart from the workspace, as they are large: the first run installs them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { campaignRounds, startPostgres, type TestPostgres } from '@trader/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, migrateSchema, openReader } from '../src/index.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { compactionContract } from '../test/compaction-contract.ts';
import { compactionProperties } from '../test/compaction-properties.ts';
import { delta, sessionStoreContract, type ContractEngine } from '../test/contract.ts';
import { ownershipContract } from '../test/ownership-contract.ts';
import { partitionContract } from '../test/partition-contract.ts';
import { readingContract } from '../test/reading-contract.ts';
import { readingProperties } from '../test/reading-properties.ts';
import { viewProperties } from '../test/view-properties.ts';

/** Cases of each property. In a short round there are none. */
const runs = campaignRounds(1);
const isShort = runs === 1;

const folder = fileURLToPath(new URL('servers/', import.meta.url));
const nativeOf = (major: number) => join(folder, 'node_modules', `postgres-${major}`, 'native');

/** Where the published servers run; the tests' own runs everywhere. */
const isThere = process.platform === 'linux' && process.arch === 'x64';
const older = isThere ? [14, 15, 16, 17] : [];
/** The tests run on 18. Of the others a short round takes the oldest and the newest: what one between them lacks, the oldest lacks, too. */
const tried = isShort ? older.filter((major) => major === older.at(0) || major === older.at(-1)) : [...older, 18];

beforeAll(() => {
  if (older.length === 0) return;
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], folder);
  // What the package's own script does, the only one that is run.
  for (const major of tried.filter((one) => one !== 18))
    run('node', ['scripts/hydrate-symlinks.js'], join(nativeOf(major), '..'));
});

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
}

for (const major of tried) {
  describe(`on PostgreSQL ${major}`, () => {
    let server: TestPostgres;
    let version = '';
    let passed = 0;
    let failed = 0;

    beforeAll(async () => {
      server = await startPostgres({ isDurable: false, ...(major !== 18 && { native: nativeOf(major) }) });
      const url = await server.createDatabase('migrated');
      await migrateSchema({ url });
      const engine = new PostgresEngine(url, 15_000, systemRuntime);
      const shown = { text: 'show server_version', parameters: [] };
      const [row] = await engine.transact(async (ask) => ask(shown), { doing: 'Asking', readOnly: true });
      await engine.close();
      version = String(row?.['server_version']);
    });
    afterEach(({ task }) => {
      if (task.result?.state === 'fail') failed++;
      else passed++;
    });
    afterAll(async () => {
      process.stdout.write(`result: PostgreSQL ${version}: ${passed} tests passed, ${failed} failed\n`);
      await server?.stop();
    });

    const there: ContractEngine = {
      location: async (content) => ({
        url: await server.createDatabase(undefined, content === 'empty' ? 'template0' : 'migrated'),
      }),
      engine: async (location) => new PostgresEngine((location as { url: string }).url, 15_000, systemRuntime),
    };

    test('is the version that it should be', () => {
      expect(version.split('.')[0]).toBe(String(major));
    });

    const name = `PostgreSQL ${major}`;
    sessionStoreContract(name, there);
    ownershipContract(name, there);
    partitionContract(name, there);
    readingContract(name, there);
    if (!isShort) {
      compactionContract(name, there);
      viewProperties(name, there, runs);
      compactionProperties(name, there, runs);
      readingProperties(name, there, runs);
    }

    test('a recorder finds the primary, and a reader the standby', async () => {
      await using primary = await startPostgres({ isSynced: false, ...(major !== 18 && { native: nativeOf(major) }) });
      await migrateSchema({ url: await primary.createDatabase('books') });
      await using standby = await primary.standby();
      const hosts = `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`;
      await using store = await createSessionStore({ url: `postgres://postgres@${hosts}/books` });
      const session = await store.openSession({ recorder: 'desk' });
      session.append(delta(1));
      await session.close({ status: 'closed', reason: 'as planned' });
      await using reader = await openReader({ url: `postgres://postgres@${hosts}/books?target_session_attrs=standby` });
      await expect
        .poll(async () => reader.sessions(), { timeout: 30_000 })
        .toMatchObject([{ status: 'closed', deltas: 1 }]);
    });
  });
}
