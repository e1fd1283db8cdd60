// A spool with several sessions of which one cannot be taken over: its neighbours are taken over at once.
import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { SessionStoreError } from '../src/errors.ts';
import type { Engine } from '../src/database/engines/engine.ts';
import { resolveOptions } from '../src/resolve-options.ts';
import type { Owner } from '../src/ownership/owner.ts';
import { Recoveries, type RecoveryParts } from '../src/spool/recovery/recoveries.ts';
import type { Spool } from '../src/spool/spool.ts';

const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(8) + '-0000-4000-8000-000000000000');

test.each([
  ['cannot be looked up', 'look-up'],
  ['cannot be taken over', 'take-over'],
])('one that %s keeps none of the others from their recorders', async (_what, failing) => {
  const adopted: string[] = [];
  const failure = new SessionStoreError('QUERY_FAILED', 'this row is stuck');
  const statuses: string[] = [];
  let asked = 0;
  const engine = {
    transact: async () => {
      const id = ids[asked++]!;
      if (failing === 'look-up' && id === ids[0]) throw failure;
      return { id, recorder: `recorder of ${id}` };
    },
  } as unknown as Engine;
  const owner = {
    identity: 'us',
    adopt: async (id: string) => {
      if (failing === 'take-over' && id === ids[0]) throw failure;
      adopted.push(id);
      return null;
    },
  } as unknown as Owner;
  const spool = {
    sessions: () => ids.map((session) => ({ session, firstBatch: 1, lastBatch: 1, entries: 1, records: 1 })),
    read: async () => [],
    append: () => 1,
  } as unknown as Spool;
  const options = resolveOptions({ dataDir: 'nowhere', runtime: new ManualRuntime() });
  const parts = { spool, damage: [], folder: 'nowhere', engine, owner, options } as unknown as RecoveryParts;
  const recoveries = new Recoveries({ ...parts, onStatus: ({ state }) => void statuses.push(state) });
  await recoveries.begin();
  expect(adopted.slice(0, 2)).toEqual([ids[1], ids[2]]);
  expect(statuses).toContain('failing');
  await recoveries.stop();
});
