import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { seededRandom, temporaryFolder } from '@trader/testkit';
import { expect, test } from 'vitest';
import { indexOf, openReporting, readAll } from './spool-entries.ts';

const program = fileURLToPath(new URL('fixtures/spooler.ts', import.meta.url));
const rounds = 60;

type Said = { durable: number; acknowledging: number };

/** Starts the spooler and kills it after so many lines, without a chance to finish anything. */
async function spoolUntilKilled(folder: string, session: string, seed: number, lines: number): Promise<Said> {
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--conditions=@trader/source', program, folder, session, String(seed)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
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

test(
  `${rounds} kills at random instants: all that was durable is there, in order, once`,
  { timeout: 300_000 },
  async () => {
    using folder = temporaryFolder('spool-kill-');
    const random = seededRandom(2026);
    /** Sessions of earlier rounds that nobody acknowledged: they have to outlive all that follows. */
    const left = new Map<string, number>();
    const total = { durable: 0, found: 0, unfinished: 0 };
    for (let round = 1; round <= rounds; round++) {
      const session = `session-${round}`;
      const said = await spoolUntilKilled(folder.path, session, round, 1 + Math.floor(random() ** 2 * 30));
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
      total.unfinished += damage.length;
    }
    process.stdout.write(
      `spool kill -9: ${rounds} kills, ${total.durable} entries durable, ${total.found} found unacknowledged, 0 lost, 0 twice, ${total.unfinished} torn ends reported\n`,
    );
  },
);
