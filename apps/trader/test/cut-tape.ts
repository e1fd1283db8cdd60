// The connection is cut in the middle of a tape, as a network does it: without a word.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSessionStore } from '@trader/session-store';
import { temporaryFolder } from '@trader/testkit';
import { expect } from 'vitest';
import { newDatabaseOn, type EngineName } from './databases.ts';
import { makeTape } from './make-tape.ts';
import { FoldedBook, recordTapes, storedRows } from './recording.ts';

const MARKETS = ['KXCUT-A', 'KXCUT-B', 'KXCUT-C'];

export type CutTape = {
  readonly deltas: number;
  /** After how many deltas. */
  readonly cuts: readonly number[];
  readonly seed: number;
};

/** Each hole is named, nothing is stored twice, and books in memory and in the store end as the exchange's. */
export async function recordCutTape(engine: EngineName, { deltas, cuts, seed }: CutTape): Promise<void> {
  using folder = temporaryFolder('trader-tape-', { inMemory: true });
  const tape = join(folder.path, 'cut.ndjson');
  writeFileSync(tape, makeTape(MARKETS, deltas, seed));
  const database = await newDatabaseOn(engine);
  const { row, trader, exchange } = await recordTapes([tape], database, {
    during: ({ client }, exchange) => {
      let seen = 0;
      client!.on('delta', () => {
        if (cuts.includes(++seen)) exchange.dropConnections();
      });
    },
  });
  expect(row).toMatchObject({ status: 'closed', gaps: 3 });
  expect(trader.client!.status().epoch).toBe(4);

  await using store = await createSessionStore(database);
  const gaps = await store.query(
    `select gap.epoch, gap.sid, gap.first_seq::int as first_seq, gap.last_seq, gap.cause, stored.last::int as last,
          gap.to_at > gap.from_at as lasted
     from gaps as gap
     join lateral (select max(seq) as last from (
       select seq from deltas where session_id = gap.session_id and epoch = gap.epoch union all
       select seq from snapshot_frames where session_id = gap.session_id and epoch = gap.epoch) as numbers) as stored on true
    where gap.session_id = $1 order by gap.epoch`,
    [row.id],
  );
  expect(gaps.map(({ epoch, sid, cause, last_seq }) => [epoch, sid, cause, last_seq])).toEqual([
    [1, 1, 'disconnected', null],
    [2, 1, 'disconnected', null],
    [3, 1, 'disconnected', null],
  ]);
  // The hole begins right behind the last number that is stored, and ends in time with the next epoch.
  for (const gap of gaps) expect(gap).toMatchObject({ first_seq: Number(gap['last']) + 1, lasted: true });

  const [numbers] = await store.query(
    `select count(*)::int as stored, count(distinct (epoch, sid, seq))::int as different from (
     select epoch, sid, seq from deltas where session_id = $1 union all
     select epoch, sid, seq from snapshot_frames where session_id = $1) as numbers`,
    [row.id],
  );
  expect(numbers!['stored']).toBe(numbers!['different']);
  await store.close();

  const stored = new Map(MARKETS.map((market) => [market, new FoldedBook()]));
  for await (const record of storedRows(database, row.id)) stored.get(record.market)!.take(record);
  for (const market of MARKETS) {
    const truth = exchange.book(market)!;
    for (const side of ['yes', 'no'] as const) {
      expect(trader.client!.book(market)!.levels(side)).toEqual(truth[side]);
      expect(stored.get(market)!.levels(side)).toEqual(truth[side]);
    }
  }
}
