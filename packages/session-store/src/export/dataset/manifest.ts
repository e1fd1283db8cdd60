// What a dataset holds, by its own account: `manifest.json`, for whoever reads it and for the next run. While a run is under way what it
// has finished is in a journal beside it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoText } from '../../database/errno-text.ts';
import { SessionStoreError } from '../../errors.ts';
import type { SessionId, SessionStatus } from '../../records.ts';
import { storeVersion } from '../describe-table.ts';
import { partOf } from '../table-file.ts';
import type { DatasetScope, Miscount } from './dataset-options.ts';
import type { DatasetFile } from './partition-writer.ts';

/** A session as far as it lies in a part. */
export type PartSession = {
  readonly session: SessionId;
  /** Its records in this part. */
  readonly records: number;
  /** Its counters when the part was made. */
  readonly messages: number;
  readonly gaps: number;
  /** It was still being recorded then, and had got beyond this day. */
  readonly hadPassed: boolean;
};

/** One table's rows of one day: what is made at once, or not at all. */
export type DatasetPart = {
  readonly kind: string;
  readonly day: string;
  /** Nothing will be added to it. */
  readonly complete: boolean;
  readonly sessions: readonly PartSession[];
  readonly damaged: readonly { readonly session: SessionId; readonly problem: string }[];
  readonly files: readonly DatasetFile[];
};

/** A session in the whole dataset. */
export type ManifestSession = {
  readonly session: SessionId;
  readonly recorder: string;
  readonly status: SessionStatus;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly endReason: string | null;
  /** By table, and of which the store counts as many; null where nothing can be said: not all of it is exported, or it has expired. */
  readonly records: Readonly<Record<string, number>>;
  readonly agrees: boolean | null;
};

export type Manifest = {
  /** {@link datasetFormat} of the version that wrote it. */
  readonly dataset: number;
  readonly store: { readonly name: string; readonly version: string };
  readonly scope: DatasetScope;
  /** The SHA-256 of `schema.json`: tables with other columns are another dataset. */
  readonly schema: string;
  readonly totals: { readonly files: number; readonly rows: number; readonly bytes: number };
  readonly tables: Readonly<Record<string, { readonly files: number; readonly rows: number; readonly bytes: number }>>;
  readonly sessions: readonly ManifestSession[];
  readonly miscounted: readonly Miscount[];
  readonly damaged: readonly {
    readonly kind: string;
    readonly day: string;
    readonly session: SessionId;
    readonly problem: string;
  }[];
  readonly parts: readonly Omit<DatasetPart, 'files' | 'damaged'>[];
  readonly files: readonly DatasetFile[];
};

/** Rises when a reader of an older manifest would misread a new one. */
export const datasetFormat = 1;

export const manifestName = 'manifest.json';

export const partKey = ({ kind, day }: { readonly kind: string; readonly day: string }): string => `${day}/${kind}`;

/** @throws {SessionStoreError} DATASET_DAMAGED where it is not what this package writes */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const path = join(folder, manifestName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (!Number.isInteger(manifest.dataset) || !Array.isArray(manifest.files) || !Array.isArray(manifest.parts))
      throw new TypeError('it is not the manifest of a dataset');
    return manifest;
  } catch (cause) {
    const message = `${path} cannot be read: ${errnoText(cause)}. Export into another folder, or remove this one.`;
    throw new SessionStoreError('DATASET_DAMAGED', message, { cause });
  }
}

/** The parts of a manifest with their files. */
export function partsOf({ parts, files, damaged }: Manifest): Map<string, DatasetPart> {
  const filesOf = Map.groupBy(files, partKey);
  const damagedOf = Map.groupBy(damaged, partKey);
  return new Map(
    parts.map((part) => [
      partKey(part),
      {
        ...part,
        files: filesOf.get(partKey(part)) ?? [],
        damaged: (damagedOf.get(partKey(part)) ?? []).map(({ session, problem }) => ({ session, problem })),
      },
    ]),
  );
}

export function manifestOf(
  scope: DatasetScope,
  schema: string,
  allParts: readonly DatasetPart[],
  { sessions, miscounted }: Pick<Manifest, 'sessions' | 'miscounted'>,
): Manifest {
  const files = allParts.flatMap((part) => part.files);
  const sums = (of: readonly DatasetFile[]) => ({
    files: of.length,
    rows: of.reduce((sum, { rows }) => sum + rows, 0),
    bytes: of.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const kinds = new Set(allParts.map(({ kind }) => kind));
  const filesOf = Map.groupBy(files, ({ kind }) => kind);
  return {
    dataset: datasetFormat,
    store: storeVersion(),
    scope,
    schema,
    totals: sums(files),
    tables: Object.fromEntries([...kinds].map((kind) => [kind, sums(filesOf.get(kind) ?? [])])),
    sessions,
    miscounted,
    damaged: allParts.flatMap(({ kind, day, damaged }) => damaged.map((each) => ({ kind, day, ...each }))),
    parts: allParts.map(({ files: _files, damaged: _damaged, ...part }) => part),
    files,
  };
}

/** Has its name once it is whole. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(partOf(path), text, { flush: true });
  await rename(partOf(path), path);
}

export const writeManifest = async (folder: string, manifest: Manifest): Promise<void> =>
  writeWhole(join(folder, manifestName), `${JSON.stringify(manifest, null, 1)}\n`);

/** Parts that a run has finished and no manifest has yet: a line each. */
export class Journal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async add(part: DatasetPart): Promise<void> {
    await appendFile(this.#path, `${JSON.stringify(part)}\n`, { flush: true });
  }

  /** What a run before was not stopped in the middle of writing. */
  async read(): Promise<readonly DatasetPart[]> {
    let text = '';
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const parts: DatasetPart[] = [];
    for (const line of text.split('\n')) {
      try {
        if (line !== '') parts.push(JSON.parse(line) as DatasetPart);
      } catch {
        // The process died while it wrote this line: the part is made anew.
      }
    }
    return parts;
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

/** What is wrong with a file of the manifest; `null` if it is what the manifest says. */
export async function fileProblem(folder: string, { path, bytes, sha256 }: DatasetFile): Promise<string | null> {
  const at = join(folder, path);
  try {
    const { size } = await stat(at);
    if (size !== bytes) return `${path} has ${size} bytes, but the manifest says ${bytes}`;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(at)) hash.update(chunk as Buffer);
    return hash.digest('hex') === sha256 ? null : `${path} is not the file of the manifest: its SHA-256 is another`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return `${path} is not there`;
    throw error;
  }
}
