// A dataset out of a recording. In go what to export and a folder; the records come from `reading/`, a day and a table at a time. Out come
// Parquet files by day and series, and what a reader and the next run have to know of them. A part is one table's rows of one day: it is
// made at once, and kept for as long as it is all that there is to say of its day.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { lockDataDir, type DataDirLock } from '../../database/engines/data-dir-lock.ts';
import { textOf } from '../../database/rows.ts';
import { SessionStoreError } from '../../errors.ts';
import { uuids } from '../../reading/market-sessions.ts';
import type { Reader } from '../../reading/reader.ts';
import {
  resolveDatasetOptions,
  type DatasetOptions,
  type DatasetResult,
  type ResolvedDataset,
} from './dataset-options.ts';
import { filesBelow } from './dataset-files.ts';
import { planDataset, type DatasetPlan } from './dataset-plan.ts';
import { writeDescription } from './describe-dataset.ts';
import { kindsOf, schemaText } from './dataset-schema.ts';
import { isUpToDate } from './kept-parts.ts';
import {
  datasetFormat,
  fileProblem,
  Journal,
  manifestOf,
  partKey,
  partsOf,
  readManifest,
  writeManifest,
  type DatasetPart,
  type Manifest,
} from './manifest.ts';
import { makePart } from './make-part.ts';
import { dayText } from './partition-path.ts';
import { RowSpill } from './row-spill.ts';
import { countSessions } from './session-counts.ts';

/** In the dataset's folder, for the run that is under way. */
const workFolder = '.export';

export async function exportDataset(reader: Reader, given: DatasetOptions): Promise<DatasetResult> {
  const dataset = resolveDatasetOptions(given);
  await reader.mustExist(dataset.scope.sessions ?? []);
  await mkdir(dataset.folder, { recursive: true });
  const lock = await lockDataset(dataset.folder, reader.runtime.nowMs());
  try {
    return await bringUpToDate(reader, dataset, given);
  } finally {
    lock.release();
  }
}

async function lockDataset(folder: string, nowMs: number): Promise<DataDirLock> {
  try {
    return await lockDataDir(join(folder, workFolder), nowMs);
  } catch (error) {
    if (!SessionStoreError.isInstance(error)) throw error;
    if (error.code !== 'DATA_DIR_LOCKED') throw error.cause ?? error;
    const message = `Another export writes into ${folder}. Wait for it, or use another folder.`;
    throw new SessionStoreError('DATASET_LOCKED', message, { cause: error, retryable: true });
  }
}

async function bringUpToDate(
  reader: Reader,
  { folder, scope, bufferBytes }: ResolvedDataset,
  { onProgress, onDamage, signal }: DatasetOptions,
): Promise<DatasetResult> {
  const { read, names } = reader;
  const schemaJson = schemaText(scope);
  const schema = createHash('sha256').update(schemaJson).digest('hex');
  const journal = new Journal(join(folder, workFolder, 'journal.ndjson'));
  const spill = new RowSpill(join(folder, workFolder, 'rows.spill'));
  const found = await readManifest(folder);
  if (found) await mustBeSame(reader, folder, found, { scope, schema });
  else await mustBeEmpty(folder, kindsOf(scope));
  const parts = found ? partsOf(found) : new Map<string, DatasetPart>();
  if (found) for (const part of await journal.read()) parts.set(partKey(part), part);
  else await journal.remove();
  const plan = await planDataset(read, scope);
  const nothing = { sessions: [], miscounted: [] };
  if (!found) await writeManifest(folder, manifestOf(scope, schema, [], nothing));
  await sweep(folder, kindsOf(scope), parts);
  await writeDescription(folder, scope, schemaJson, parts);

  const wanted = scope.markets && (await names.numbersOf(scope.markets));
  let rows = 0;
  let kept = new Set<string>();
  /** @param distrusted parts of these sessions are made anew */
  const pass = async (distrusted: ReadonlySet<string>): Promise<void> => {
    kept = new Set();
    for (const [index, day] of plan.days.entries()) {
      const report = () => onProgress?.({ days: index, ofDays: plan.days.length, rows });
      for (const kind of kindsOf(scope)) {
        const key = partKey({ kind, day: dayText(day) });
        const before = parts.get(key);
        signal?.throwIfAborted();
        if (before && (await isKept(folder, before, day, plan, distrusted))) {
          kept.add(key);
          continue;
        }
        const part = await makePart(
          { read, names, folder, scope, plan, wanted, bufferBytes, spill, onDamage, signal },
          { kind, day },
          (more) => {
            rows += more;
            report();
          },
        );
        await removeOthers(folder, before, part);
        await journal.add(part);
        parts.set(key, part);
      }
      report();
    }
  };
  await pass(new Set());
  let counted = countSessions(plan, scope, parts);
  const late = new Set(counted.miscounted.map(({ session }) => session));
  if (late.size > 0 && kept.size > 0) {
    await pass(late);
    counted = countSessions(plan, scope, parts);
  }
  onProgress?.({ days: plan.days.length, ofDays: plan.days.length, rows });

  const all = [...parts.values()].toSorted((one, other) => (partKey(one) < partKey(other) ? -1 : 1));
  const manifest = manifestOf(scope, schema, all, counted);
  await writeDescription(folder, scope, schemaJson, parts);
  await writeManifest(folder, manifest);
  await journal.remove();
  return {
    folder,
    files: manifest.totals.files,
    rows: manifest.totals.rows,
    keptFiles: all.reduce((sum, part) => sum + (kept.has(partKey(part)) ? part.files.length : 0), 0),
    openDays: [...new Set(all.filter(({ complete }) => !complete).map(({ day }) => day))],
    sessions: plan.sessions.map(({ row }) => row.id),
    miscounted: manifest.miscounted,
    damaged: manifest.damaged,
  };
}

async function isKept(
  folder: string,
  part: DatasetPart,
  day: number,
  plan: DatasetPlan,
  distrusted: ReadonlySet<string>,
): Promise<boolean> {
  const upToDate = isUpToDate(part, day, plan);
  if (upToDate === 'no') return false;
  if (upToDate === 'yes' && part.sessions.some(({ session }) => distrusted.has(session))) return false;
  for (const file of part.files) {
    const problem = await fileProblem(folder, file);
    if (problem === null) continue;
    if (upToDate === 'yes') return false;
    const message = `In ${folder} ${problem}, and the store has dropped records of that day. Restore the file, or export into another folder.`;
    throw new SessionStoreError('DATASET_DAMAGED', message);
  }
  return true;
}

/** @throws {SessionStoreError} DATASET_DIFFERS, naming what is not as it was */
async function mustBeSame(
  { read }: Reader,
  folder: string,
  found: Manifest,
  { scope, schema }: Pick<Manifest, 'scope' | 'schema'>,
): Promise<void> {
  const differs = (what: string) =>
    new SessionStoreError(
      'DATASET_DIFFERS',
      `${folder} holds another dataset: ${what}. Export into another folder, or remove this one.`,
    );
  if (found.dataset !== datasetFormat)
    throw differs(`its manifest is of format ${found.dataset}, this version writes ${datasetFormat}`);
  for (const [name, value] of Object.entries(scope)) {
    const before = JSON.stringify(found.scope[name as keyof typeof scope]);
    if (before !== JSON.stringify(value)) throw differs(`its ${name} is ${before}, not ${JSON.stringify(value)}`);
  }
  if (found.schema !== schema) throw differs(`version ${found.store.version} made it, with other columns`);
  const ids = found.sessions.map(({ session }) => session);
  const rows = await read(
    sql`select id from sessions where id = any(${uuids(ids)})`,
    'Looking for sessions of a dataset',
  );
  const known = new Set(rows.map((row) => textOf(row, 'id')));
  const foreign = ids.find((id) => !known.has(id));
  if (foreign !== undefined) throw differs(`it has session ${foreign}, which this store has not`);
}

async function mustBeEmpty(folder: string, kinds: readonly string[]): Promise<void> {
  const taken = (await readdir(folder)).find((name) => kinds.includes(name));
  if (taken === undefined) return;
  const message = `${join(folder, taken)} is there, but no manifest says what is in it. Export into another folder.`;
  throw new SessionStoreError('DATASET_DIFFERS', message);
}

/** Files that a run which was stopped has left: readers would take them for rows of the dataset. */
async function sweep(folder: string, kinds: readonly string[], parts: ReadonlyMap<string, DatasetPart>): Promise<void> {
  const known = new Set([...parts.values()].flatMap(({ files }) => files.map(({ path }) => path)));
  for (const path of await filesBelow(folder, kinds)) {
    if (!known.has(path) && /\.parquet(\.part)?$/.test(path)) await rm(join(folder, path), { force: true });
  }
}

async function removeOthers(folder: string, before: DatasetPart | undefined, part: DatasetPart): Promise<void> {
  const made = new Set(part.files.map(({ path }) => path));
  for (const { path } of before?.files ?? []) if (!made.has(path)) await rm(join(folder, path), { force: true });
}
