import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Below the folders of some tables, as the manifest writes paths. */
export async function filesBelow(folder: string, kinds: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const kind of kinds) {
    const entries = await readdir(join(folder, kind), { recursive: true, withFileTypes: true }).catch(nothingThere);
    for (const entry of entries) {
      if (!entry.isDirectory()) found.push(relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
    }
  }
  return found.toSorted();
}

function nothingThere(error: unknown): [] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}
