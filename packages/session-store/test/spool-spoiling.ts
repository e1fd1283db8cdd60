// Files of a spool that are spoiled at random. A few of them are a part of the tests, many are a campaign.
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, temporaryFolder } from '@trader/testkit';
import { expect } from 'vitest';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import type { SpooledSession } from '../src/spool/spool.ts';
import { entryOf, indexOf, readAll } from './spool-entries.ts';

/** By session which of its batches were written, and which of them were acknowledged. */
type Written = ReadonlyMap<string, { readonly batches: number; readonly acknowledged: number }>;

/** Fills a spool. What is in the folder when it is done is put into `killed`: as if the process had been killed then. */
async function fillSpool(folder: string, killed: string, random: () => number): Promise<Written> {
  const spool = await openSqliteSpool({ folder });
  const written = new Map<string, { batches: number; acknowledged: number }>();
  for (const session of ['a', 'b', 'c']) {
    const progress = { batches: 0, acknowledged: 0 };
    written.set(session, progress);
    const bytes = 20 + Math.floor(random() ** 4 * 20_000);
    for (let groups = 2 + Math.floor(random() * 6); groups > 0; groups--) {
      for (let count = 1 + Math.floor(random() * 8); count > 0; count--) {
        spool.append(entryOf(progress.batches++, { session, bytes }));
      }
      if (random() < 0.3) spool.note(session, `${session} has ${progress.batches}`);
      if (random() < 0.2) {
        progress.acknowledged = Math.floor(random() * progress.batches);
        spool.acknowledge(session, progress.acknowledged);
      }
      await spool.durable();
    }
  }
  cpSync(folder, killed, { recursive: true });
  await spool.close();
  return written;
}

type FoundSpool = {
  readonly sessions: readonly SpooledSession[];
  readonly batches: ReadonlyMap<string, number[]>;
};

/** What a spool gives back. @throws when that is not what was written */
async function reopenSpool(folder: string): Promise<FoundSpool> {
  const spool = await openSqliteSpool({ folder });
  const sessions = spool.sessions();
  const batches = new Map<string, number[]>();
  for (const entry of await readAll(spool)) {
    const index = indexOf(entry);
    batches.set(entry.session, [...(batches.get(entry.session) ?? []), index]);
  }
  for (const { session } of sessions) {
    for (const note of await spool.notes(session)) expect(note).toMatch(new RegExp(`^${session} has \\d+$`));
  }
  await spool.close();
  return { sessions, batches };
}

/** Which of so many spoiled spools had lost something, and how many batches, and how many files were kept for it. */
export type SpoilingResult = { readonly damaged: number; readonly lost: number; readonly kept: number };

/**
 * Never a wrong entry, never one lost of which nobody knows that it was there.
 *
 * @param onSpool called after each, with its number
 */
export async function spoilSpools(
  spools: number,
  seed: number,
  onSpool: (number: number) => void = () => undefined,
): Promise<SpoilingResult> {
  const total = { damaged: 0, lost: 0, kept: 0 };
  for (let number = 1; number <= spools; number++) {
    using temporary = temporaryFolder('spool-spoiling-', { inMemory: true });
    const random = seededRandom(seed * 1_000_000 + number);
    const [closed, killed] = [join(temporary.path, 'closed'), join(temporary.path, 'killed')];
    const written = await fillSpool(closed, killed, random);
    // A process that was killed leaves a log beside the database.
    const folder = random() < 0.5 ? closed : killed;
    const names = readdirSync(folder).filter((name) => name.startsWith('spool.sqlite'));
    for (let files = 1 + Math.floor(random() * 2); files > 0 && names.length > 0; files--) {
      spoil(join(folder, names.splice(Math.floor(random() * names.length), 1)[0]!), random);
    }
    const which = `spool ${number} of seed ${seed}, ${folder === closed ? 'closed' : 'killed'}`;
    const found = await reopenSpool(folder).catch((cause: unknown) => {
      throw new Error(`${which} cannot be opened`, { cause });
    });
    const lost = lossesOf(written, found, which);
    total.lost += lost;
    total.damaged += lost > 0 ? 1 : 0;
    total.kept += readdirSync(folder).filter((name) => name.endsWith('.damaged')).length;
    expect(await reopenSpool(folder), `${which}, opened again`).toEqual(found);
    onSpool(number);
  }
  return total;
}

/** How many unacknowledged batches are not there, all of which the session's last batch tells of. */
function lossesOf(written: Written, { sessions, batches }: FoundSpool, which: string): number {
  let lost = 0;
  for (const [session, progress] of written) {
    const found = batches.get(session) ?? [];
    expect(found, which).toEqual([...new Set(found)].toSorted((one, other) => one - other));
    const last = sessions.find((known) => known.session === session)?.lastBatch;
    expect(last, `${which}: session ${session}`).toBe(progress.batches);
    lost += progress.batches - progress.acknowledged - found.filter((index) => index >= progress.acknowledged).length;
  }
  return lost;
}

/** One way to spoil a file, chosen at random. */
function spoil(path: string, random: () => number): void {
  const bytes = readFileSync(path);
  const anywhere = () => Math.floor(random() * bytes.length);
  switch (Math.floor(random() * 7)) {
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
      const page = () => 4096 * Math.floor((random() * bytes.length) / 4096);
      const [from, to] = [page(), page()];
      bytes.copyWithin(to, from, from + 4096);
      return writeFileSync(path, bytes);
    }
    case 5: {
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
