// A market's book where many recorders lost theirs: the one that did not is found behind however many of them.
import { expect, test } from 'vitest';
import { createSessionStore, type SessionRow } from '../src/index.ts';
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

test('before its first book a market is not known, and it says whether anybody was recording', async () => {
  await using store = await createSessionStore({ url: await newDatabase() });
  const session = await store.openSession({ recorder: 'desk' });
  const [{ startedAtMs }] = (await store.sessions()) as [SessionRow];
  for (const seq of [1, 2]) session.append(snapshot(seq, { receivedAtMs: startedAtMs + seq * 1000 }));
  await session.close({ status: 'closed', reason: 'test' });
  const why = async (ms: number) => (await store.bookAt('RAIN-TOMORROW', startedAtMs + ms)).why;
  expect(await why(500)).toBe('before first snapshot');
  expect(await why(0)).toBe('before first snapshot');
  expect(await why(-1)).toBe('no recording');
});
