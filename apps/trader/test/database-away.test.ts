// A trader that starts while its database does not run: it records into the spool at once, and a kill loses nothing of it.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSessionStore } from '@trader/session-store';
import { temporaryFolder, type TestPostgres } from '@trader/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startOwnServer } from './own-server.ts';
import { freePort, Program, recording } from './program.ts';

let server: TestPostgres;
beforeAll(async () => void (server = await startOwnServer()));
afterAll(() => server?.stop());

type Status = {
  readonly state: string;
  readonly store: string;
  readonly session: { readonly id: string; readonly messages: number } | null;
  readonly backlog: { readonly queuedRecords: number; readonly spooledRecords: number | null } | null;
};

const status = async (port: number) => (await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as Status;

/** What a process that is killed now leaves in its spool at least. */
function recordsOnDisk(cwd: string): number {
  using copy = temporaryFolder('database-away-copy-');
  cpSync(join(cwd, 'spool', 'trader'), copy.path, { recursive: true });
  using spool = new DatabaseSync(join(copy.path, 'spool.sqlite'));
  // Batches only: notes lie behind them in each session's span of keys.
  const rows = spool.prepare('select head from rows where key % 4294967296 between 1 and 2147483646').all();
  return rows.reduce((sum, { head }) => sum + (JSON.parse(String(head)) as [string, number])[1], 0);
}

test('what it records before it is killed is in the database afterwards: one session with its true beginning, each record once', async () => {
  using folder = temporaryFolder('database-away-');
  const url = await server.createDatabase();
  const start = (port: number) => new Program(['run', '--port', String(port), '--database', url], { cwd: folder.path });
  await server.halt();
  const startedMs = Date.now();
  const port = await freePort();
  await using first = start(port);
  const { session } = await recording(port, 50);
  expect((await status(port)).store).toContain('DATABASE_UNREACHABLE');
  const spooled = await vi.waitFor(
    async () => {
      const { backlog } = await status(port);
      expect(backlog!.spooledRecords).toBeGreaterThan(100);
      return backlog!.spooledRecords!;
    },
    { timeout: 30_000, interval: 50 },
  );
  await vi.waitFor(() => expect(recordsOnDisk(folder.path)).toBeGreaterThanOrEqual(spooled), {
    timeout: 30_000,
    interval: 50,
  });
  first.child.kill('SIGKILL');
  await first.exited;
  const killedMs = Date.now();
  await server.start();

  const next = await freePort();
  await using second = start(next);
  const { session: successor } = await recording(next);
  await using reader = await createSessionStore({ url, compaction: false });
  await vi.waitFor(
    async () => expect(await reader.sessions({ status: 'reclaimed' })).toMatchObject([{ id: session.id }]),
    { timeout: 30_000, interval: 50 },
  );
  second.child.kill('SIGTERM');
  expect(await second.exited, second.stderr).toBe(0);
  const rows = await reader.sessions();
  expect(rows).toMatchObject([
    { id: successor.id, status: 'closed', continues: session.id },
    { id: session.id, status: 'reclaimed', continues: null },
  ]);
  expect(rows).toHaveLength(2);
  const [, killed] = rows;
  expect(killed!.messages + killed!.gaps).toBeGreaterThanOrEqual(spooled);
  expect(killed!.startedAtMs).toBeGreaterThanOrEqual(startedMs);
  expect(killed!.startedAtMs).toBeLessThan(killedMs);
  expect(killed!.endedAtMs).toBeLessThanOrEqual(killedMs);
  for (const { id } of rows)
    expect((await reader.verify(id)).laws.filter(({ problemCount }) => problemCount > 0)).toEqual([]);
  const [twice] = await reader.query(
    'select count(*) - count(distinct (session_id, epoch, sid, seq)) as n from deltas',
  );
  expect(twice).toEqual({ n: 0 });
});
