// The embedded database and a power that goes: what was durable must be there once, whatever the disk had of the rest.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, temporaryFolder } from '@trader/testkit';
import { createSessionStore, type SessionId } from '../src/index.ts';
import { systemRuntime } from '../src/runtime.ts';
import { syncFolder } from '../src/database/sync-folder.ts';
import { pause, sumOf, type FaultResult } from './crash-result.ts';
import { appendNext, type Progress } from './crash-records.ts';
import { judgeFound } from './judge-found.ts';
import type { Verdict } from './laws.ts';
import { PowerCut, type AfterTheCut } from './power-cut.ts';

type Cut = { readonly disk: AfterTheCut; readonly promised: Map<SessionId, Progress> };

/** Checkpoints come after 10 s; here they come after 100 ms. */
const hasty = {
  ...systemRuntime,
  setTimer: (delayMs: number, fire: () => void) => systemRuntime.setTimer(delayMs === 10_000 ? 100 : delayMs, fire),
};

const options = { batch: { maxRecords: 200, maxAgeMs: 20 }, spool: { durableWithinMs: 20 }, runtime: hasty };

/**
 * Records three sessions, and looks at `cuts` instants what a power cut would have left.
 *
 * @param image an embedded database's folder to begin with
 * @param onCut called after each was looked at, with its number
 * @returns with `broughtIn`, how many records the database alone would not have had
 */
export async function powerCuts(
  image: string,
  cuts: number,
  seed: number,
  onCut: (cut: number) => void = () => undefined,
): Promise<FaultResult & { readonly broughtIn: number }> {
  using folder = temporaryFolder('power-cut-');
  const random = seededRandom(seed);
  const chosen = await recordUntilCut(image, join(folder.path, 'disk'), random, cuts);
  const problems: string[] = [];
  const verdicts: Verdict[] = [];
  let broughtIn = 0;
  for (const [index, { disk, promised }] of chosen.entries()) {
    const dataDir = join(folder.path, `found-${index}`);
    disk.restore('data', dataDir);
    const found = await judgeFound({ dataDir, ...options }, promised);
    broughtIn += found.written;
    problems.push(...found.problems);
    verdicts.push(found.verdict);
    onCut(index + 1);
  }
  return { fault: 'power cut, embedded store', runs: chosen.length, verdict: sumOf(verdicts), problems, broughtIn };
}

async function recordUntilCut(image: string, root: string, random: () => number, count: number): Promise<Cut[]> {
  const cuts: Cut[] = [];
  const promised = new Map<SessionId, Progress>();
  const cutNow = () => void cuts.push({ disk: disk.now(), promised: new Map(promised) });
  mkdirSync(root);
  cpSync(image, join(root, 'data'), { recursive: true });
  // In the midst of a checkpoint that is made safe, too.
  using disk = await PowerCut.listen(root, join(root, 'data', 'spool'), () => {
    if (promised.size > 0 && random() < 0.02) cutNow();
  });
  await syncFolder(root);
  const store = await createSessionStore({ dataDir: join(root, 'data'), ...options });
  for (let life = 1; life <= 3; life++) {
    const session = await store.openSession({ recorder: 'desk' });
    const progress: Progress = { session: session.id, deltas: 0, trades: 0, raw: 0 };
    for (let burst = 1; burst <= 10; burst++) {
      appendNext(session, progress, 1 + Math.floor(random() * 300), random);
      const durable = { ...progress };
      if (random() < 0.3) await session.flush();
      await session.durable();
      promised.set(session.id, durable);
      if (random() < 0.4) cutNow();
      if (burst === 6) await store.compact();
      await pause(random() * 60);
    }
    await session.close({ status: 'closed', reason: 'as planned' });
    cutNow();
  }
  await store.close();
  cutNow();
  const last = cuts.pop()!;
  while (cuts.length >= count) cuts.splice(Math.floor(random() * cuts.length), 1);
  return [...cuts, last];
}
