import { testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { dayOf } from '../src/database/day.ts';
import { createSessionStore } from '../src/index.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { freshChunks, listFresh, moveFresh } from '../src/compaction/compact-fresh.ts';
import { findUnmerged, type MergePlace } from '../src/compaction/compact-merge.ts';
import { compactCrowd, CountingEngine } from './compaction-crowds.ts';
import { atMs, delta } from './contract.ts';
import { newDatabase } from './databases.ts';

// oxlint-disable-next-line vitest/expect-expect -- `compactCrowd` expects.
test('a recording of several hundred markets is compacted in steps of a bounded size', async () => {
  await compactCrowd(await newDatabase(), { markets: 400, deltas: 80_000, seed: testSeed() });
});

test('what waits to be merged is looked at market by market, each once and with all of its chunks', async () => {
  const url = await newDatabase();
  await using engine = new CountingEngine(url);
  await using store = await createSessionStore({ url, compaction: false });
  await new Partitions(engine).coverDay(dayOf(atMs));
  const session = await store.openSession({ recorder: 'desk-1' });
  // Ten small chunks of each of five markets, on two subscriptions.
  for (let seq = 1; seq <= 50; seq++) {
    for (const sid of [1, 2]) session.append(delta(seq, { market: `M${seq % 5}`, sid }));
    if (seq % 5 > 0) continue;
    await session.flush();
    await engine.transact(
      async (run) => {
        for (const { stream } of await listFresh(run, new Set()))
          await moveFresh(run, stream, await freshChunks(run, stream), 4096);
      },
      { doing: 'Moving' },
    );
  }
  const looks = async (mostChunks: number) =>
    engine.transact(
      async (run) => {
        const found = [];
        for (let after: MergePlace | null = null; ;) {
          const unmerged = await findUnmerged(run, { targetRecords: 4096, after, mostChunks, except: new Set() });
          if (!unmerged) return found;
          const { stream, chunks, upTo } = unmerged;
          for (const { marketId, records } of chunks) found.push([stream.sid, marketId, records]);
          after = upTo;
        }
      },
      { doing: 'Looking' },
    );
  const all = await looks(4000);
  expect(all).toHaveLength(2 * 5 * 10);
  // However small a look is, also when it sees less than one market has, as long as that is enough to be due.
  for (const mostChunks of [8, 10, 11, 25, 50]) expect(await looks(mostChunks)).toEqual(all);
  await session.close({ status: 'closed', reason: 'test' });
});
