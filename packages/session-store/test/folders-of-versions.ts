// What earlier versions left on a disk, kept by `fixtures/make-folder-of-version.ts`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import type { Progress } from './crash-records.ts';

/** What the process that was killed had been promised. */
export type Left = {
  /** A session that it had closed before; `null` with a server, of which only the rows are kept. */
  readonly closed: Progress | null;
  /** Of the session that it left `active`: what the database had. */
  readonly written: Progress;
  /** Of the same: what the database or the spool had. */
  readonly durable: Progress;
};

export type FolderOfVersion = {
  readonly embedded: Left;
  /** A server's spool, and the rows that the server had. */
  readonly spool: Left & { readonly recorders: readonly object[]; readonly sessions: readonly object[] };
};

const kept = new URL('fixtures/folders/', import.meta.url);

/** `schema-<version>` of each. */
export const versions = readdirSync(kept);

export const expectedOf = (version: string): FolderOfVersion =>
  JSON.parse(readFileSync(new URL(`${version}/expected.json`, kept), 'utf8')) as FolderOfVersion;

export function extract(version: string, what: 'embedded' | 'spool', folder: string): void {
  mkdirSync(folder, { recursive: true });
  const input = zstdDecompressSync(readFileSync(fileURLToPath(new URL(`${version}/${what}.tar.zst`, kept))));
  const { status, stderr } = spawnSync('tar', ['-xf', '-', '-C', folder], { input });
  if (status !== 0) throw new Error(`tar failed: ${String(stderr)}`);
}
