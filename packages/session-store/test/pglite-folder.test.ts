// The embedded engine's folder, and who may have it: across processes, across kill -9.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { createSessionStore, SessionStoreError } from '../src/index.ts';
import { startChildRecorder } from './child-recorder.ts';
import { newDataDir } from './databases.ts';

describe('an embedded store', () => {
  test('has as many buffers as its database’s own settings say', async () => {
    await using store = await createSessionStore({ dataDir: newDataDir() });
    expect(await store.query('show shared_buffers')).toEqual([{ shared_buffers: '4MB' }]);
  });

  test('survives kill -9: the next one closes the orphan at its last committed record', async () => {
    using folder = temporaryFolder('session-store-folder-');
    const location = { dataDir: join(folder.path, 'not', 'there', 'yet') };
    // As a first opening leaves it that was interrupted.
    const unfinished = join(location.dataDir, 'pglite-unfinished');
    mkdirSync(join(unfinished, 'base'), { recursive: true });
    writeFileSync(join(unfinished, 'PG_VERSION'), '18\n');
    const child = await startChildRecorder(location, 'killed');

    expect(existsSync(unfinished)).toBe(false);
    const refused = await createSessionStore(location).catch((error: unknown) => error);
    expect(SessionStoreError.isInstance(refused) && refused.code).toBe('DATA_DIR_LOCKED');
    expect((refused as Error).message).toContain(`process ${child.said.pid} since 2`);

    await child.kill();
    await using store = await createSessionStore(location);
    expect(await store.sessions()).toMatchObject([
      {
        id: child.said.session,
        status: 'reclaimed',
        endReason: expect.stringMatching(/^owner gone: /) as string,
        endedAtMs: 1_785_901_540_000 + child.said.committed,
        deltas: child.said.committed,
      },
    ]);
    expect(await store.query('select count(*) as stored, max(seq) as last from deltas')).toEqual([
      { stored: child.said.committed, last: child.said.committed },
    ]);
    expect(await store.query('select deltas from recorders')).toEqual([{ deltas: child.said.committed }]);
  });

  test('is refused a second time in the same process, and has the folder again after a close', async () => {
    const location = { dataDir: newDataDir() };
    const first = await createSessionStore(location);
    const session = await first.openSession({ recorder: 'orphan without records' });
    await expect(createSessionStore(location)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await session.close({ status: 'closed', reason: 'test' });
    await first.close();
    await using second = await createSessionStore(location);
    expect(await second.sessions({ status: 'closed' })).toHaveLength(1);
  });

  test('leaves nothing behind that would keep the process alive', async () => {
    const child = await startChildRecorder({ dataDir: newDataDir() }, 'closed');
    expect(await child.ended).toBe(0);
  });

  test('says so when the folder cannot be made', async () => {
    const location = { dataDir: join(process.execPath, 'a-file-is-no-folder') };
    await expect(createSessionStore(location)).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  });
});
