// The trader with its own embedded database, on a disk that fills up: it answers, ends when told to, and records again once there is room.
import { join } from 'node:path';
import { createSessionStore } from '@trader/session-store';
import { SmallDisk, temporaryFolder } from '@trader/testkit';
import { describe, expect, test, vi } from 'vitest';
import { newDataDir } from './databases.ts';
import { freePort, Program, recording } from './program.ts';

const MiB = 2 ** 20;
const WAIT = { timeout: 120_000, interval: 50 };

const missing = SmallDisk.refusal();

const livez = async (port: number) =>
  (await fetch(`http://127.0.0.1:${port}/livez`, { signal: AbortSignal.timeout(60_000) })).status;

type Status = { readonly state: string; readonly store: string };
const status = async (port: number) => (await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as Status;
const FAILING = { store: expect.stringContaining('DATABASE_OVERLOADED') as string };

async function lawsOf(dataDir: string) {
  await using store = await createSessionStore({ dataDir });
  const sessions = await store.sessions();
  const laws = await Promise.all(sessions.map(async ({ id }) => store.verify(id)));
  return { active: sessions.filter(({ status }) => status === 'active').length, broken: laws.filter(({ ok }) => !ok) };
}

describe.skipIf(missing)(`on a full disk${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const place = async (disk: SmallDisk) => {
    const dataDir = newDataDir(join(disk.path, 'db'));
    const port = await freePort();
    return { dataDir, port, args: ['run', '--port', String(port), '--database', dataDir] };
  };

  test('a trader answers /livez throughout, and records again once there is room', async () => {
    using disk = SmallDisk.mount(160 * MiB) as SmallDisk;
    using folder = temporaryFolder('full-disk-');
    const { dataDir, port, args } = await place(disk);
    await using run = new Program(args, { cwd: folder.path });
    await recording(port);
    disk.fill();
    const answers: number[] = [];
    await vi.waitFor(async () => {
      answers.push(await livez(port));
      expect(await status(port)).toMatchObject(FAILING);
    }, WAIT);
    disk.clear();
    await vi.waitFor(async () => {
      answers.push(await livez(port));
      expect(await status(port)).toMatchObject({ state: 'ready', store: 'writing' });
    }, WAIT);
    expect(new Set(answers)).toEqual(new Set([200]));
    const { session } = await recording(port);
    await recording(port, session.deltas);
    run.child.kill('SIGTERM');
    expect(await run.exited, run.stderr).toBe(0);
    expect(await lawsOf(dataDir)).toEqual({ active: 0, broken: [] });
  });

  test('a trader ends at SIGTERM, and the next start closes what it could not', async () => {
    using disk = SmallDisk.mount(160 * MiB) as SmallDisk;
    using folder = temporaryFolder('full-disk-');
    const { dataDir, port, args } = await place(disk);
    // What cannot be closed is given three seconds.
    await using run = new Program([...args, '--drain', '3s'], { cwd: folder.path });
    await recording(port);
    disk.fill();
    await vi.waitFor(async () => expect(await status(port)).toMatchObject(FAILING), WAIT);
    run.child.kill('SIGTERM');
    expect(await run.exited, run.stderr).toBe(1);
    disk.clear();
    await using next = new Program(args, { cwd: folder.path });
    await recording(port);
    next.child.kill('SIGTERM');
    expect(await next.exited, next.stderr).toBe(0);
    expect(await lawsOf(dataDir)).toEqual({ active: 0, broken: [] });
  });
});
