// An embedded store whose disk is filled under it, at any instant and to any level, and whose process is killed then or later.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, SmallDisk } from '@trader/testkit';
import { pause, type FaultResult } from './crash-result.ts';
import { newWitness, startCrashWriter } from './crash-writer.ts';
import { judgeFound } from './judge-found.ts';

const MiB = 2 ** 20;
const soonMs = 60_000;

/**
 * One recorder on one disk of 160 MiB; `fills` processes one after the other.
 *
 * @param image an embedded database's folder to begin with
 * @param onFill called after each, with its number
 * @returns with `goneOn`, how many went on by themselves once there was room
 */
export async function fullDisks(
  image: string,
  fills: number,
  seed: number,
  onFill: (fill: number) => void = () => undefined,
): Promise<FaultResult & { readonly goneOn: number }> {
  using disk = SmallDisk.mount(160 * MiB) as SmallDisk;
  const random = seededRandom(seed);
  const dataDir = join(disk.path, 'data');
  cpSync(image, dataDir, { recursive: true });
  // What hangs is ended soon, and what is durable comes often.
  const options = {
    dataDir,
    queryTimeoutMs: 2_000,
    spool: { durableWithinMs: 20 },
    compaction: { afterMs: 0, everyMs: 100 },
  };
  const witness = newWitness();
  let goneOn = 0;
  for (let fill = 1; fill <= fills; fill++) {
    const writer = startCrashWriter(options, 'desk', seed * 100_000 + fill, witness);
    await writer.says('durable');
    await pause(random() * 300);
    // Below what the database keeps, below what one more batch takes, or nothing at all.
    disk.fill(random() < 0.5 ? 0 : Math.floor(random() * 40 * MiB));
    await pause(random() * 3_000);
    if (random() < 0.6) {
      disk.clear();
      const goesOn = await Promise.race([writer.says('committed').then(() => true), pause(soonMs).then(() => false)]);
      if (goesOn) goneOn++;
      else witness.problems.push(`fill ${fill}: nothing was committed within ${soonMs} ms of room; ${writer.last()}`);
    }
    await writer.kill();
    disk.clear();
    onFill(fill);
  }
  const { verdict, problems } = await judgeFound({ dataDir }, witness.promised);
  return {
    fault: 'full disk, embedded store',
    runs: fills,
    verdict,
    problems: [...witness.problems, ...problems],
    goneOn,
  };
}
