import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** What nobody asked for in this time is removed. Others may be in use: two runs at once need folders of two versions. */
const UNUSED_MS = 24 * 3_600_000;

/**
 * A folder that takes long to make, made once and kept for later runs, to be copied and not to be changed.
 *
 * @param home where it is kept, alone: what was made there from anything else is removed once nobody has asked for it for a day
 * @param madeFrom all that its content depends on
 * @param make fills an empty folder
 * @returns its path
 */
export async function preparedFolder(
  home: string,
  madeFrom: readonly string[],
  make: (path: string) => Promise<void>,
): Promise<string> {
  const name = createHash('sha256').update(JSON.stringify(madeFrom)).digest('hex').slice(0, 16);
  const path = join(home, name);
  if (existsSync(path)) {
    const now = new Date();
    utimesSync(path, now, now);
    return path;
  }
  mkdirSync(home, { recursive: true });
  for (const old of readdirSync(home)) {
    const askedForMs = statSync(join(home, old), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (!old.startsWith(name) && Date.now() - askedForMs > UNUSED_MS) removeFolder(join(home, old));
  }
  // Under another name until it is whole: another run may be making it too, and this one may be killed.
  const making = mkdtempSync(join(home, `${name}-`));
  try {
    await make(making);
    renameSync(making, path);
  } catch (error) {
    removeFolder(making);
    if (!existsSync(path)) throw error;
  }
  return path;
}

const removeFolder = (path: string) => rmSync(path, { recursive: true, force: true });
