import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Continuity, type Hole } from './continuity.ts';
import { headerBytes, scanBlocks, type LogBlock } from './log-block.ts';
import type { SpoolEntry, SpooledEntry } from '../spool.ts';
import type { Segment } from './segment-file.ts';

/** A place in a segment where a block begins, and the number that it should have. */
type Place = { readonly segment: string; readonly offset: number; readonly number: number };

/** Reads entries in order, a chunk of a segment at a time. Remembers where it stopped, so that reading on costs no search. */
export class SegmentReader {
  readonly #folder: string;
  readonly #onHole: (hole: Hole) => void;
  #stopped: Place | null = null;

  /** @param onHole called for each hole that is come upon, whether it was known before or not */
  constructor(folder: string, onHole: (hole: Hole) => void) {
    this.#folder = folder;
    this.#onHole = onHole;
  }

  async read(
    segments: readonly Segment[],
    from: number,
    maxBytes: number,
    isWanted: (entry: SpoolEntry) => boolean,
  ): Promise<SpooledEntry[]> {
    const entries: SpooledEntry[] = [];
    let size = 0;
    for await (const { number, content } of this.#blocks(segments, from, maxBytes)) {
      if (number < from || content.kind !== 'entry' || !isWanted(content)) continue;
      const { session, batch, records, atMs, payload } = content;
      // A copy, so that one small entry does not keep its chunk in memory.
      entries.push({ position: number, session, batch, records, atMs, payload: payload.slice() });
      size += payload.length;
      if (size >= maxBytes) break;
    }
    return entries;
  }

  /** Blocks from somewhere at or before `from`, each once. */
  async *#blocks(segments: readonly Segment[], from: number, chunkBytes: number): AsyncGenerator<LogBlock> {
    // A copy: segments go from the front meanwhile, as what is in them is acknowledged.
    const remaining = segments.slice(
      Math.max(
        0,
        segments.findLastIndex(({ first }) => first <= from),
      ),
    );
    const start = this.#startIn(remaining[0], from);
    let log = new Continuity(start.number);
    let { offset } = start;
    for (const segment of remaining) {
      for (let wanted = chunkBytes + headerBytes; offset < segment.bytes;) {
        const end = Math.min(segment.bytes, offset + wanted);
        const chunk = await this.#chunk(segment, offset, end);
        if (!chunk) {
          // Nothing is missing, then: what comes next may have any number.
          log = new Continuity(null);
          break;
        }
        const chunkAt = offset;
        for (const piece of scanBlocks(chunk, segment.salt)) {
          const behind = chunkAt + (piece.bytes.byteOffset - chunk.byteOffset) + piece.bytes.length;
          // What the chunk's end cuts in two is for the next chunk.
          if (!piece.content && behind === chunkAt + chunk.length && end < segment.bytes) break;
          offset = behind;
          if (!piece.content) log.bad(piece.bytes.length, segment.name);
          else if (this.#accept(log, piece)) {
            this.#stopped = { segment: segment.name, offset, number: piece.number + 1 };
            yield piece;
          }
        }
        if (chunk.length < end - chunkAt) break;
        if (offset === chunkAt) wanted *= 2;
      }
      offset = 0;
    }
  }

  #accept(log: Continuity, block: LogBlock): boolean {
    const isNew = log.accept(block);
    for (const hole of log.holes.splice(0)) this.#onHole(hole);
    return isNew;
  }

  #startIn(segment: Segment | undefined, from: number): { readonly offset: number; readonly number: number | null } {
    const place = this.#stopped;
    if (segment && place?.segment === segment.name && place.number <= from) return place;
    return { offset: 0, number: segment?.first ?? null };
  }

  /** Shorter than asked for when the file is; `null` when it was acknowledged and removed meanwhile. */
  async #chunk(segment: Segment, from: number, to: number): Promise<Uint8Array | null> {
    let file: FileHandle;
    try {
      file = await open(join(this.#folder, segment.name), 'r');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw cause;
    }
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(to - from), 0, to - from, from);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}
