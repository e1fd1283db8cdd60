// kill -9 of a process that spools, again and again on one folder. A few kills are a part of the tests, many are a campaign.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { seededRandom, temporaryFolder } from '@trader/testkit';
import { expect } from 'vitest';
import { startFixture } from './fixture-process.ts';
import { indexOf, openReporting, readAll } from './spool-entries.ts';

/** What the kills came to: entries that were durable and entries that were found, and ends of writes that were torn. */
export type SpoolKills = { readonly durable: number; readonly found: number; readonly torn: number };

/** @param onKill called after each, with its number */
export async function spoolKills(
  kills: number,
  seed: number,
  onKill: (kill: number) => void = () => undefined,
): Promise<SpoolKills> {
  using folder = temporaryFolder('spool-kill-');
  const random = seededRandom(seed);
  /** Sessions of earlier rounds that nobody acknowledged: they have to outlive all that follows. */
  const left = new Map<string, number>();
  const total = { durable: 0, found: 0, torn: 0 };
  for (let round = 1; round <= kills; round++) {
    const session = `session-${round}`;
    const childSeed = seed * 100_000 + round;
    const said = await spoolUntilKilled(folder.path, session, childSeed, 1 + Math.floor(random() ** 2 * 30));
    const { spool, damage } = await openReporting({ folder: folder.path });
    const entries = await readAll(spool, 100_000);
    const indices = entries.filter((entry) => entry.session === session).map(indexOf);
    check(indices, said, round);
    // The end of the write under way is all that may be torn.
    expect(damage.map(({ reason, lastPosition }) => [reason, lastPosition])).toEqual(
      damage.map(() => ['unfinished', null]),
    );
    for (const [earlier, count] of left) {
      expect(entries.filter((entry) => entry.session === earlier)).toHaveLength(count);
    }
    left.set(session, indices.length);
    if (random() < 0.7) {
      for (const { session: known, lastBatch } of spool.sessions()) spool.acknowledge(known, lastBatch);
      left.clear();
    }
    await spool.close();
    total.durable += said.durable + 1;
    total.found += indices.length;
    total.torn += damage.length;
    onKill(round);
  }
  return total;
}

type Said = { durable: number; acknowledging: number };

/** Starts the spooler and kills it after so many lines, without a chance to finish anything. */
async function spoolUntilKilled(folder: string, session: string, seed: number, lines: number): Promise<Said> {
  const child = startFixture('spooler.ts', folder, session, String(seed));
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = once(child, 'exit');
  const said: Said = { durable: -1, acknowledging: 0 };
  let left = lines;
  for await (const line of createInterface(child.stdout)) {
    const [what, number] = line.split(' ');
    said[what as keyof Said] = Number(number);
    // What it said between this and its death is read too.
    if (--left === 0) child.kill('SIGKILL');
  }
  const [, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`The spooler ended by itself:\n${complaints}`);
  return said;
}

/** What must be there, and what may: indices from the first unacknowledged batch to the last that was durable or later. */
function check(indices: readonly number[], said: Said, round: number): void {
  const [first, last] = [indices[0] ?? said.durable + 1, indices.at(-1) ?? said.durable];
  expect(indices, `round ${round}: in order, nothing twice, no hole`).toEqual(
    Array.from({ length: indices.length }, (_, index) => first + index),
  );
  expect(last, `round ${round}: all that was durable`).toBeGreaterThanOrEqual(said.durable);
  expect(first, `round ${round}: all that was not acknowledged`).toBeLessThanOrEqual(said.acknowledging * 4);
}
