import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed by `remove()`, at the end of a `using` block, or when the process exits. */
export type TemporaryFolder = Disposable & { readonly path: string; remove(): void };

export type TemporaryFolderOptions = {
  /**
   * In memory, where the system has a place for that with room. A process that is killed loses nothing there, and a database's
   * thousand files take a tenth of the time. @default in a test; a campaign's folders are on the disk, as are those of a benchmark
   */
  readonly inMemory?: boolean;
};

const isTest = () => process.env['VITEST'] !== undefined && process.env['TRADER_CAMPAIGN_ROUNDS'] === undefined;

const left = new Set<string>();
const removeFolder = (path: string) => rmSync(path, { recursive: true, force: true });

export function temporaryFolder(
  prefix = 'trader-test-',
  { inMemory = isTest() }: TemporaryFolderOptions = {},
): TemporaryFolder {
  const path = mkdtempSync(
    inMemory ? join(memoryFolder(), `${prefix}${marker}${process.pid}-`) : join(tmpdir(), prefix),
  );
  if (left.size === 0) process.once('exit', removeLeft);
  left.add(path);
  const remove = () => {
    removeFolder(path);
    left.delete(path);
    if (left.size === 0) process.off('exit', removeLeft);
  };
  return { path, remove, [Symbol.dispose]: remove };
}

function removeLeft(): void {
  for (const path of left) removeFolder(path);
}

/** What a run of tests may fill there; containers often have no more than 64 MiB. */
const roomBytes = 2 ** 31;
/** Before the number of the process that a folder in memory belongs to. */
const marker = 'of-process-';

function memoryFolder(): string {
  const shared = '/dev/shm';
  try {
    removeAbandoned(shared);
    const { bavail, bsize } = statfsSync(shared);
    if (bavail * bsize >= roomBytes) return shared;
  } catch {
    // There is none.
  }
  return tmpdir();
}

/** What processes that were killed have left there: memory that nobody else would free. */
function removeAbandoned(shared: string): void {
  for (const name of readdirSync(shared)) {
    const pid = name.split(marker)[1]?.split('-')[0];
    if (pid !== undefined && !isAlive(Number(pid))) removeFolder(join(shared, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
