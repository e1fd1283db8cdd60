import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed by `remove()` or at the end of a `using` block. */
export type TemporaryFolder = Disposable & { readonly path: string; remove(): void };

export function temporaryFolder(prefix = 'trader-test-'): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), prefix));
  const remove = () => rmSync(path, { recursive: true, force: true });
  return { path, remove, [Symbol.dispose]: remove };
}
