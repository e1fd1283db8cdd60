import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow } from './dataset-files.ts';
import { kindsOf } from './dataset-schema.ts';
import { fileProblem, manifestName, readManifest } from './manifest.ts';
import { SessionStoreError } from '../../errors.ts';

export interface DatasetVerification {
  readonly folder: string;
  readonly ok: boolean;
  /** That were looked at, as the manifest has them. */
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  /** The first 20, for people. */
  readonly problems: readonly string[];
  /** All of them. */
  readonly problemCount: number;
}

const mostProblems = 20;

/**
 * Reads a dataset back: each file of its manifest is there, has the bytes and the SHA-256 and, by its own footer, the rows that the
 * manifest says; the sums are right; and there is no other file that a reader would take for a part of it. What is broken is a result.
 *
 * @throws {SessionStoreError} DATASET_DAMAGED where there is no manifest, or none that can be read
 */
export async function verifyDataset(
  folder: string,
  {
    onProgress,
    signal,
  }: { readonly onProgress?: (files: number, of: number) => void; readonly signal?: AbortSignal } = {},
): Promise<DatasetVerification> {
  const manifest = await readManifest(folder);
  if (!manifest) {
    const message = `There is no ${manifestName} in ${folder}. Name the folder of a dataset.`;
    throw new SessionStoreError('DATASET_DAMAGED', message);
  }
  const { parquetMetadataAsync } = await import('hyparquet');
  const problems: string[] = [];
  let problemCount = 0;
  const say = (problem: string): void => {
    problemCount++;
    if (problems.length < mostProblems) problems.push(problem);
  };
  const totals = { files: 0, rows: 0, bytes: 0 };
  for (const file of manifest.files) {
    signal?.throwIfAborted();
    onProgress?.(totals.files, manifest.files.length);
    totals.files++;
    totals.rows += file.rows;
    totals.bytes += file.bytes;
    const problem = (await fileProblem(folder, file)) ?? (await rowsProblem(join(folder, file.path), file.rows));
    if (problem !== null) say(problem);
  }
  for (const name of ['files', 'rows', 'bytes'] as const) {
    const said = manifest.totals[name];
    if (said !== totals[name]) say(`the manifest's total of ${name} is ${said}, but its files have ${totals[name]}`);
  }
  const known = new Set(manifest.files.map(({ path }) => path));
  for (const path of await filesBelow(folder, kindsOf(manifest.scope))) {
    if (path.endsWith('.parquet') && !known.has(path)) say(`${path} is not in the manifest`);
  }
  for (const { session, kind, exported, counted } of manifest.miscounted) {
    say(`session ${session} has ${exported} ${kind} here, but the store counted ${counted}`);
  }
  return { folder, ok: problemCount === 0, ...totals, problems, problemCount };

  async function rowsProblem(path: string, rows: number): Promise<string | null> {
    try {
      const found = Number((await parquetMetadataAsync(await bufferOf(path))).num_rows);
      return found === rows ? null : `${path} has ${found} rows, but the manifest says ${rows}`;
    } catch (error) {
      return `${path} cannot be read as Parquet: ${(error as Error).message}`;
    }
  }
}

/** What the library reads of a file. */
const bufferOf = async (path: string) => ({
  byteLength: (await stat(path)).size,
  slice: async (start: number, end?: number): Promise<ArrayBuffer> => {
    const handle = await open(path, 'r');
    try {
      const bytes = new Uint8Array((end ?? (await handle.stat()).size) - start);
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.buffer;
    } finally {
      await handle.close();
    }
  },
});
