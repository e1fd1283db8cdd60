// Files of a spool that are spoiled at random. A few of them are a part of the tests, many are a campaign.
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, temporaryFolder } from '@trader/testkit';
import { expect } from 'vitest';
import type { SpoolDamage, SpooledEntry } from '../src/spool/spool.ts';
import { entryOf, indexOf, openReporting, readAll } from './spool-entries.ts';

/** Names, in order. */
export const segmentsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.segment'))
    .toSorted();

export const positionsOf = (entries: readonly SpooledEntry[]): number[] => entries.map(({ position }) => position);

/** Fills a folder and lets go of it; the positions of its entries. */
export async function fillSpool(folder: string, count: number): Promise<number[]> {
  const { spool } = await openReporting({ folder, segmentBytes: 2500, syncEveryMs: null });
  const positions: number[] = [];
  for (let index = 0; index < count; index++) {
    positions.push(spool.append(entryOf(index)));
    // Now and then a write of its own, so that there are several in a segment.
    if (index % 3 === 0) await spool.durable();
  }
  await spool.close();
  return positions;
}

export async function reopenSpool(folder: string): Promise<{ entries: SpooledEntry[]; damage: SpoolDamage[] }> {
  const { spool, damage } = await openReporting({ folder });
  const entries = await readAll(spool);
  await spool.close();
  return { entries, damage };
}

/** Which of so many spoiled spools had damage to report, and how many entries they lost. */
export type SpoilingResult = { readonly damaged: number; readonly lost: number };

/**
 * Never a wrong entry, never a loss that is not named.
 *
 * @param onSpool called after each, with its number
 */
export async function spoilSpools(
  spools: number,
  seed: number,
  onSpool: (number: number) => void = () => undefined,
): Promise<SpoilingResult> {
  using temporary = temporaryFolder('spool-spoiling-');
  const folder = temporary.path;
  let [damaged, lost] = [0, 0];
  for (let number = 1; number <= spools; number++) {
    const random = seededRandom(seed * 1_000_000 + number);
    const positions = await fillSpool(folder, 40);
    const names = segmentsIn(folder);
    for (let files = 1 + Math.floor(random() * 2); files > 0; files--) {
      spoil(join(folder, names.splice(Math.floor(random() * names.length), 1)[0]!), random);
    }
    const { entries, damage } = await reopenSpool(folder);
    const found = positionsOf(entries);
    const which = `spool ${number} of seed ${seed}`;
    // `indexOf` throws for an entry that is not byte for byte what was written.
    expect(entries.map(indexOf), which).toEqual(found.map((position) => positions.indexOf(position)));
    expect(found, which).toEqual([...new Set(found)].toSorted((one, other) => one - other));
    const missing = positions.filter((position) => !found.includes(position));
    const unnamed = missing.filter((position) => !isNamed(position, damage));
    expect(unnamed, which).toEqual([]);
    expect(damage.length > 0, which).toBe(missing.length > 0);
    lost += missing.length;
    damaged += damage.length > 0 ? 1 : 0;
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    onSpool(number);
  }
  return { damaged, lost };
}

const isNamed = (position: number, damage: readonly SpoolDamage[]) =>
  damage.some(({ firstPosition, lastPosition }) => firstPosition <= position && position <= (lastPosition ?? Infinity));

/** One way to spoil a file, chosen at random. */
function spoil(path: string, random: () => number): void {
  const bytes = readFileSync(path);
  const anywhere = () => Math.floor(random() * bytes.length);
  switch (Math.floor(random() * 6)) {
    case 0:
      return truncateSync(path, anywhere());
    case 1:
      return rmSync(path);
    case 2: {
      const from = anywhere();
      bytes.subarray(from, from + 1 + Math.floor(random() * 600)).fill(0);
      return writeFileSync(path, bytes);
    }
    case 3: {
      const at = anywhere();
      return writeFileSync(path, Buffer.concat([bytes.subarray(0, at), Buffer.from('inserted'), bytes.subarray(at)]));
    }
    case 4: {
      // Another page of the same file, as a disk that mixes up its blocks would give.
      const [from, to] = [anywhere(), anywhere()];
      bytes.copyWithin(to, from, from + 700);
      return writeFileSync(path, bytes);
    }
    default: {
      for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--) bytes[anywhere()]! ^= 1 << (random() * 8);
      return writeFileSync(path, bytes);
    }
  }
}
