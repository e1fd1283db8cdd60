// What is left after whatever happened. Nothing is repaired in place: blocks that are intact are used, what lies between is
// reported, and the files go when their entries are acknowledged. Until then every start finds the same.
import { chmod, constants, copyFile, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Continuity, type Hole } from './continuity.ts';
import { scanBlocks } from './log-block.ts';
import type { SpoolIndex } from './spool-index.ts';
import type { SpoolDamage } from '../spool.ts';
import { privateFile } from '../../database/private-files.ts';
import { listSegments, type Segment } from './segment-file.ts';
import type { Mark } from './spool-mark.ts';

export type Recovered = {
  readonly segments: Segment[];
  /** The number of the first block that is needed. What is before it was acknowledged, and its files are about to go. */
  readonly front: number;
  /** The number for the next block. */
  readonly next: number;
  readonly damage: readonly SpoolDamage[];
};

/** Copies of damaged files that are kept for people, the latest; at the usual size they are 128 MiB together. */
const mostKept = 16;

/** Reads the whole log once, a segment at a time, and enters in `index` what is in it. */
export async function recoverSegments(folder: string, mark: Mark | null, index: SpoolIndex): Promise<Recovered> {
  const log = new Continuity(mark?.front ?? null);
  const segments = await listSegments(folder);
  for (const segment of segments) {
    const bytes = await readWhole(folder, segment, log);
    for (const piece of scanBlocks(bytes, segment.salt)) {
      const { content } = piece;
      if (!content) log.bad(piece.bytes.length, segment.name);
      else if (log.accept(piece)) {
        if (content.kind === 'entry') index.add(content);
        else {
          index.acknowledge(content.session, content.batch);
          index.release(content.session, content.batch);
        }
        index.place(segment.name, content.session, content.kind === 'entry' ? content.batch : 0);
      }
    }
  }
  if (mark && log.next !== null && mark.next > log.next) log.missing(mark.next - 1);
  const damage: SpoolDamage[] = [];
  for (const hole of log.holes) damage.push(damageOf(hole, await keepAside(folder, hole.segment)));
  if (log.badBytes > 0) damage.push(unfinishedWrite(log));
  return { segments, front: mark?.front ?? 1, next: log.next ?? 1, damage };
}

/** All of it, or nothing where the disk cannot read it: then the numbers say what is lost. */
async function readWhole(folder: string, segment: Segment, log: Continuity): Promise<Uint8Array> {
  const file = await open(join(folder, segment.name), 'r');
  try {
    segment.bytes = (await file.stat()).size;
    return await file.readFile();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EIO') throw cause;
    log.bad(segment.bytes, segment.name);
    segment.bytes = 0;
    return new Uint8Array();
  } finally {
    await file.close();
  }
}

export const damageOf = (hole: Hole, keptAs: string | null): SpoolDamage => ({
  reason: hole.bytes > 0 ? 'damaged' : 'missing',
  bytes: hole.bytes,
  firstPosition: hole.first,
  lastPosition: hole.last,
  before: hole.before,
  after: hole.after,
  keptAs,
});

/** Behind the last block that was known to be written: whoever wrote this was gone before it could say so to anybody. */
const unfinishedWrite = (log: Continuity): SpoolDamage => ({
  reason: 'unfinished',
  bytes: log.badBytes,
  firstPosition: log.next ?? 1,
  lastPosition: null,
  before: log.before,
  after: null,
  keptAs: null,
});

/** A copy of the file, which itself is removed in time; `null` where there is no room for one. */
async function keepAside(folder: string, name: string | null): Promise<string | null> {
  if (name === null) return null;
  const kept = join(folder, `${name}.damaged`);
  try {
    await copyFile(join(folder, name), kept, constants.COPYFILE_EXCL);
    await chmod(kept, privateFile);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') return null;
  }
  await removeOldest(folder, `${name}.damaged`);
  return kept;
}

/** A disk that goes on failing must not be filled with copies of what it failed at. */
async function removeOldest(folder: string, latest: string): Promise<void> {
  // By the first number in them, which is in their names.
  const kept = (await readdir(folder)).filter((name) => name.endsWith('.damaged') && name !== latest).toSorted();
  for (const name of kept.slice(0, 1 - mostKept)) await rm(join(folder, name), { force: true });
}
