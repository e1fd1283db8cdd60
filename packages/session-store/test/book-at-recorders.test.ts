// A market's book where many recorders lost theirs: the one that did not is found behind however many of them.
import { expect, test } from 'vitest';
import { createSessionStore } from '../src/index.ts';
import { atMs, delta, gap, snapshot } from './contract.ts';
import { newDatabase } from './databases.ts';
import { recordedIn } from './reading-properties.ts';

const broken = 34;

test(`a book is of the recorder in sync, behind ${broken} that are not`, async () => {
  await using store = await createSessionStore({ url: await newDatabase() });
  const steady = await recordedIn(store, [snapshot(1), delta(2, { receivedAtMs: atMs + 1000 })]);
  for (let index = 1; index <= broken; index++) {
    const hole = gap({ firstSeq: 2, lastSeq: 3, fromAtMs: atMs + 100, toAtMs: atMs + 200 });
    await recordedIn(store, [snapshot(1, { receivedAtMs: atMs + index, yes: [] }), hole]);
  }
  const found = await store.bookAt('RAIN-TOMORROW', atMs + 150);
  expect(found).toMatchObject({ synced: true, base: { session: steady } });
});
