// Whatever a recording has missed, and wherever that is named: a book that the replay calls synced is the exchange's.
import { testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import type { FeedRecord } from '../src/records.ts';
import { createReplayClient } from '../src/replay/index.ts';
import { LossyRecorder, type Truth } from './lossy-recorder.ts';

type Told = { readonly record: FeedRecord; readonly truth: Truth };

const recordedBy = (seed: number, markets: readonly string[], moves: number): Told[] => {
  const recorder = new LossyRecorder(seed, markets);
  for (let move = 0; move < moves; move++) recorder.move();
  return recorder.records.map((record) => ({ record, truth: recorder.truthAt(record) }));
};

const timeOf = ({ record }: Told): number => (record.kind === 'gap' ? record.fromAtMs : record.receivedAtMs);

/** Two connections at a time, each with its own markets: by arrival, and epochs in the order in which they begin. */
function besideEachOther(one: readonly Told[], other: readonly Told[]): Told[] {
  const waiting = [[...one], [...other]];
  const epochs = new Map<string, number>();
  const merged: Told[] = [];
  for (;;) {
    const [first, second] = waiting as [Told[], Told[]];
    const from = first.length === 0 || (second.length > 0 && timeOf(second[0]!) < timeOf(first[0]!)) ? 1 : 0;
    const next = waiting[from]!.shift();
    if (!next) return merged;
    const key = `${from}/${next.record.epoch}`;
    if (!epochs.has(key)) epochs.set(key, epochs.size + 1);
    merged.push({ ...next, record: { ...next.record, epoch: epochs.get(key)! } });
  }
}

/** How often books were synced and stale, and which were wrong. */
async function judge(told: readonly Told[], markets: readonly string[] | undefined) {
  const judged = { synced: 0, stale: 0, wrong: [] as string[] };
  const truths = new Map<string, ReadonlyMap<number, number>>();
  function* source(): Generator<FeedRecord> {
    for (const [index, { record, truth }] of told.entries()) {
      yield record;
      // A hole is shown by what comes after it, and nobody looks in between.
      if (record.kind === 'gap') continue;
      for (const [market, levels] of truth) truths.set(market, levels);
      for (const book of client.books()) {
        judged[book.synced ? 'synced' : 'stale']++;
        if (!book.synced) continue;
        const levels = JSON.stringify(book.levels('yes'));
        const right = JSON.stringify([...truths.get(book.market)!].toSorted(([a], [b]) => a - b));
        if (levels === right) continue;
        judged.wrong.push(`${book.market} after record ${index} (${record.kind}): ${levels}, not ${right}`);
      }
    }
  }
  const client = createReplayClient({ source: source(), ...(markets && { markets }) });
  client.on('problem', () => undefined);
  client.start();
  await client.finished;
  return judged;
}

test.each([
  ['one connection', (seed: number) => recordedBy(seed, ['KXA', 'KXB', 'KXC'], 80)],
  [
    'two connections at a time',
    (seed: number) => besideEachOther(recordedBy(seed, ['KXA', 'KXB'], 40), recordedBy(seed + 1, ['KXC'], 40)),
  ],
])('no book is synced and wrong: %s', async (_, recorded) => {
  let [synced, stale] = [0, 0];
  for (let round = 0; round < 300; round++) {
    const seed = testSeed() * 1_000_003 + round;
    const judged = await judge(recorded(seed), round % 2 === 0 ? ['KXA', 'KXB', 'KXC'] : undefined);
    expect(judged.wrong, `seed ${seed}`).toEqual([]);
    synced += judged.synced;
    stale += judged.stale;
  }
  expect(synced).toBeGreaterThan(10_000);
  expect(stale).toBeGreaterThan(10_000);
});
