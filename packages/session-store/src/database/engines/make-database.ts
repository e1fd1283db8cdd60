import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Runtime } from '../../runtime.ts';
import { syncFolder } from '../sync-folder.ts';
import { PgliteFolder } from './pglite-folder.ts';
import { PgliteThread } from './pglite-thread.ts';

/**
 * Makes an embedded database, under another name until it is whole: whatever ends this half way, nothing lies under its own name,
 * and the next opening begins again. So what is removed here can hold no record.
 *
 * @throws what the database or the disk says
 */
export async function makeDatabase(path: string, timeoutMs: number, runtime: Runtime): Promise<void> {
  const unfinished = `${path}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const thread = await PgliteThread.open(unfinished, timeoutMs, runtime);
  await thread.close(timeoutMs);
  await new PgliteFolder(unfinished).sync();
  renameSync(unfinished, path);
  await syncFolder(dirname(path));
}
