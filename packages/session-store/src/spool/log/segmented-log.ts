import type { FileHandle } from 'node:fs/promises';
import { syncFolder } from '../../database/sync-folder.ts';
import type { SpoolIndex } from './spool-index.ts';
import { createSegment, removeSegment, segmentOf, writeAll, type Segment } from './segment-file.ts';
import type { SpoolMark } from './spool-mark.ts';

/** Where a block belongs. `batch` is 0 for one that nobody has to wait for. */
export type BlockPlace = { readonly number: number; readonly session: string; readonly batch: number };

type Active = { readonly segment: Segment; readonly file: FileHandle; isNamed: boolean };

/** The files of a log: old segments, which are only read, and at most one that is written to. One call at a time. */
export class SegmentedLog {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #segments: Segment[];
  readonly #mark: SpoolMark;
  readonly #index: SpoolIndex;
  /** The number behind the last that was written. */
  #next: number;
  #active: Active | null = null;

  constructor(
    folder: string,
    segmentBytes: number,
    recovered: { readonly segments: Segment[]; readonly next: number },
    mark: SpoolMark,
    index: SpoolIndex,
  ) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#segments = recovered.segments;
    this.#next = recovered.next;
    this.#mark = mark;
    this.#index = index;
  }

  /** In order; the last may be growing. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** What the files take. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What still goes into the segment that is written to, in bytes; 0 when it should be ended. */
  get room(): number {
    return Math.max(0, this.#segmentBytes - (this.#active?.segment.bytes ?? 0));
  }

  /** Writes blocks behind the last. When it rejects none of them counts: the same bytes may be written again. */
  async write(blocks: readonly (BlockPlace & { readonly bytes: Uint8Array })[], salt: number): Promise<void> {
    const { segment, file } = (this.#active ??= await this.#begin(blocks[0]!.number, salt));
    const written = await writeAll(
      file,
      blocks.map(({ bytes }) => bytes),
      segment.bytes,
    );
    segment.bytes += written;
    // What is written again, after a failed sync, does not take it back.
    this.#next = Math.max(this.#next, blocks.at(-1)!.number + 1);
    for (const { session, batch } of blocks) this.#index.place(segment.name, session, batch);
  }

  /** Makes what is written safe. When it rejects, nothing that was written since the last time is. */
  async sync(): Promise<void> {
    if (!this.#active) return;
    await this.#active.file.datasync();
    if (!this.#active.isNamed) await syncFolder(this.#folder);
    this.#active.isNamed = true;
  }

  /** Notes how far the log goes. */
  async writeMark(): Promise<void> {
    await this.#mark.write({ front: this.#segments[0]?.first ?? this.#next, next: this.#next });
  }

  /** There will be no blocks before this number, in a log that is empty. */
  async skipTo(next: number): Promise<void> {
    this.#next = next;
    await this.writeMark();
  }

  /** The next write begins a new segment. */
  async endActive(): Promise<void> {
    const active = this.#active;
    this.#active = null;
    await active?.file.close();
  }

  /**
   * Removes segments from the front, as long as all in them is acknowledged. From the front only: an acknowledgement must
   * not go before the entries that it is about.
   *
   * @param withActive also the one that is written to
   */
  async reclaim(withActive: boolean): Promise<void> {
    let count = this.#segments.findIndex(
      (segment) => !this.#index.isDone(segment.name) || (segment === this.#active?.segment && !withActive),
    );
    if (count < 0) count = this.#segments.length;
    if (count === 0) return;
    const done = this.#segments.slice(0, count);
    if (done.at(-1) === this.#active?.segment) await this.endActive();
    // Before they go and on the disk, or their absence would look like a loss, after a power cut too.
    await this.#mark.write({ front: this.#segments[count]?.first ?? this.#next, next: this.#next });
    await this.#mark.sync();
    for (const segment of done) {
      await removeSegment(this.#folder, segment);
      this.#segments.shift();
      this.#index.forget(segment.name);
    }
  }

  async close(): Promise<void> {
    try {
      await this.endActive();
    } finally {
      await this.#mark.close();
    }
  }

  async #begin(first: number, salt: number): Promise<Active> {
    const segment = segmentOf(first, salt);
    const file = await createSegment(this.#folder, segment);
    this.#segments.push(segment);
    return { segment, file, isNamed: false };
  }
}
