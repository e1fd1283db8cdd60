// kill -9 of a process that spools, again and again on one folder. A few kills are a part of the tests, many are a campaign.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { seededRandom, temporaryFolder } from '@trader/testkit';
import { expect } from 'vitest';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import { startFixture } from './fixture-process.ts';
import { indexOf, readSession } from './spool-entries.ts';

/** What the kills came to: batches that were durable and batches that were found. */
export type SpoolKills = { readonly durable: number; readonly found: number };

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
  const total = { durable: 0, found: 0 };
  for (let round = 1; round <= kills; round++) {
    const session = `session-${round}`;
    const childSeed = seed * 100_000 + round;
    const said = await spoolUntilKilled(folder.path, session, childSeed, 1 + Math.floor(random() ** 2 * 30));
    const spool = await openSqliteSpool({ folder: folder.path });
    const known = new Map(spool.sessions().map((found) => [found.session, found]));
    expect([...known.keys()], `round ${round}: what was not forgotten`).toEqual(
      expect.arrayContaining([...left.keys()]),
    );
    const indices = (await readSession(spool, session, 100_000)).map(indexOf);
    const lastBatch = known.get(session)?.lastBatch ?? 0;
    check(indices, lastBatch, said, round);
    for (const note of await spool.notes(session)) {
      // Behind what was appended before it.
      expect(Number(/has (\d+)$/.exec(note)?.[1])).toBeLessThanOrEqual(lastBatch);
    }
    for (const [earlier, count] of left) expect((await readSession(spool, earlier)).length).toBe(count);
    left.set(session, indices.length);
    if (random() < 0.7) {
      for (const [name, found] of known) {
        if (random() < 0.5) spool.acknowledge(name, found.lastBatch);
        else spool.forget(name);
      }
      for (const { session: kept } of spool.sessions()) left.set(kept, 0);
      for (const name of left.keys()) if (!spool.sessions().some((found) => found.session === name)) left.delete(name);
    }
    await spool.close();
    total.durable += said.durable;
    total.found += indices.length;
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
  const said: Said = { durable: 0, acknowledging: 0 };
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

/** What must be there, and what may: batches from the first unacknowledged to the last that was durable or later. */
function check(indices: readonly number[], lastBatch: number, said: Said, round: number): void {
  const first = lastBatch - indices.length;
  expect(indices, `round ${round}: in order, nothing twice, no hole, up to the last batch`).toEqual(
    Array.from({ length: indices.length }, (_, index) => first + index),
  );
  expect(lastBatch, `round ${round}: all that was durable`).toBeGreaterThanOrEqual(said.durable);
  expect(first, `round ${round}: all that was not acknowledged`).toBeLessThanOrEqual(said.acknowledging);
}
