// Rows of one table and day, as they come, into a file for each series, in memory that neither their number nor that of the series makes
// larger. A series' rows wait for a whole row group; where too many wait in all, the longest lists go to a spill on disk.
import { dirname, join } from 'node:path';
import { syncFolder } from '../../database/sync-folder.ts';
import type { SessionId } from '../../records.ts';
import type { Cell, Column } from '../tables.ts';
import { PartitionFile, type Codec } from './partition-file.ts';
import { liesBySeries, partitionPath, seriesOf } from './partition-path.ts';
import type { Rows, RowSpill, SpilledBlock } from './row-spill.ts';

/** A file that is whole, as the manifest has it. */
export type DatasetFile = {
  /** Below the dataset's folder. */
  readonly path: string;
  readonly kind: string;
  readonly day: string;
  /** `null` where the table does not lie by series. */
  readonly series: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly sessions: readonly SessionId[];
};

export type PartitionTarget = {
  readonly folder: string;
  readonly kind: string;
  readonly day: string;
  readonly columns: readonly Column[];
  readonly fileName: string;
  readonly codec: Codec;
  readonly separator: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** What may wait in memory, by a rough measure. */
  readonly bufferBytes: number;
};

type Partition = {
  readonly series: string | null;
  readonly path: string;
  readonly sessions: Set<SessionId>;
  file: PartitionFile | null;
  spilled: SpilledBlock[];
  spilledRows: number;
  waiting: (readonly Cell[])[];
  waitingBytes: number;
};

const rowsOfGroup = 50_000;

/** Names that are remembered. */
const mostRemembered = 100_000;

export class PartitionWriter {
  readonly #target: PartitionTarget;
  readonly #spill: RowSpill;
  readonly #marketAt: number | null;
  readonly #sessionAt: number;
  readonly #partitions = new Map<string | null, Partition>();
  #byMarket = new Map<Cell, Partition>();
  #waitingBytes = 0;

  constructor(target: PartitionTarget, spill: RowSpill) {
    this.#target = target;
    this.#spill = spill;
    this.#marketAt = liesBySeries(target.columns) ? target.columns.findIndex(({ name }) => name === 'market') : null;
    this.#sessionAt = target.columns.findIndex(({ name }) => name === 'session_id');
  }

  async add(rows: Rows): Promise<void> {
    for (const row of rows) {
      const partition = this.#partitionOf(row);
      const bytes = bytesOf(row);
      const session = row[this.#sessionAt];
      if (typeof session === 'string') partition.sessions.add(session);
      partition.waiting.push(row);
      partition.waitingBytes += bytes;
      this.#waitingBytes += bytes;
      if (partition.spilledRows + partition.waiting.length >= rowsOfGroup) await this.#writeGroup(partition);
    }
    if (this.#waitingBytes > this.#target.bufferBytes) await this.#makeRoom();
  }

  /** Every file is on the disk then, under its name. */
  async finish(): Promise<readonly DatasetFile[]> {
    const { folder, kind, day, metadata } = this.#target;
    const ended: DatasetFile[] = [];
    for (const partition of this.#partitions.values()) {
      const { path, series, sessions } = partition;
      await this.#writeGroup(partition);
      const file = partition.file!;
      const sha256 = await file.end(metadata);
      ended.push({
        path,
        kind,
        day,
        series,
        rows: file.rows,
        bytes: file.bytes,
        sha256,
        sessions: [...sessions],
      });
    }
    const files = [...this.#partitions.values()].map(({ file }) => file!);
    await someAtATime(files, async (file) => file.sync());
    for (const file of files) await file.takeName();
    await syncParents(folder, ended);
    return ended;
  }

  async discard(): Promise<void> {
    for (const { file } of this.#partitions.values()) await file?.discard();
  }

  #partitionOf(row: readonly Cell[]): Partition {
    const market = this.#marketAt === null ? null : row[this.#marketAt]!;
    const known = this.#byMarket.get(market);
    if (known) return known;
    const { kind, day, fileName, separator } = this.#target;
    const series = market === null ? null : seriesOf(String(market), separator);
    const partition: Partition = this.#partitions.get(series) ?? {
      series,
      path: partitionPath(kind, day, series, fileName),
      sessions: new Set(),
      file: null,
      spilled: [],
      spilledRows: 0,
      waiting: [],
      waitingBytes: 0,
    };
    this.#partitions.set(series, partition);
    if (this.#byMarket.size >= mostRemembered) this.#byMarket = new Map();
    this.#byMarket.set(market, partition);
    return partition;
  }

  /** Spills the longest lists until half of the room is free. */
  async #makeRoom(): Promise<void> {
    const longestFirst = [...this.#partitions.values()].toSorted((one, other) => other.waitingBytes - one.waitingBytes);
    for (const partition of longestFirst) {
      if (this.#waitingBytes <= this.#target.bufferBytes / 2) return;
      if (partition.waiting.length === 0) continue;
      partition.spilled.push(await this.#spill.put(partition.waiting));
      partition.spilledRows += partition.waiting.length;
      this.#forgetWaiting(partition);
    }
  }

  async #writeGroup(partition: Partition): Promise<void> {
    const rows: (readonly Cell[])[] = [];
    for (const block of partition.spilled) for (const row of await this.#spill.get(block)) rows.push(row);
    for (const row of partition.waiting) rows.push(row);
    partition.spilled = [];
    partition.spilledRows = 0;
    this.#forgetWaiting(partition);
    const { folder, columns, codec } = this.#target;
    partition.file ??= await PartitionFile.create(join(folder, partition.path), columns, codec);
    if (rows.length > 0) await partition.file.add(rows);
  }

  #forgetWaiting(partition: Partition): void {
    this.#waitingBytes -= partition.waitingBytes;
    partition.waitingBytes = 0;
    partition.waiting = [];
  }
}

/** What a row takes in memory, about: long texts are its own, short ones are shared with others. */
function bytesOf(row: readonly Cell[]): number {
  let bytes = 40 + 16 * row.length;
  for (const cell of row) if (typeof cell === 'string' && cell.length > 40) bytes += 2 * cell.length;
  return bytes;
}

/** A file's new name survives a power cut only if the names of the folders above it do. */
async function syncParents(folder: string, files: readonly DatasetFile[]): Promise<void> {
  const parents = new Set(['.']);
  for (const { path } of files) for (let at = dirname(path); at !== '.'; at = dirname(at)) parents.add(at);
  await someAtATime([...parents], async (parent) => syncFolder(join(folder, parent)));
}

/** A disk syncs some files together in the time of one. */
async function someAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const atATime = 16;
  for (let at = 0; at < items.length; at += atATime) await Promise.all(items.slice(at, at + atATime).map(work));
}
