import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder that takes long to make, made once and kept for later runs, to be copied and not to be changed.
 *
 * @param home where it is kept, alone: what was made there from anything else is removed
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
  if (existsSync(path)) return path;
  if (existsSync(home)) for (const old of readdirSync(home)) if (!old.startsWith(name)) removeFolder(join(home, old));
  mkdirSync(home, { recursive: true });
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
