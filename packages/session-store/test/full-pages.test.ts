// Records are read a page at a time. Where the last page is exactly full, another one is asked for, which is empty.
import { expect, test } from 'vitest';
import { createSessionStore, type StoreRecord } from '../src/index.ts';
import { atMs, gap, raw, snapshot } from './contract.ts';
import { newDatabase } from './databases.ts';
import { collect, recordedIn } from './reading-properties.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const rows: Readonly<Record<string, (index: number) => StoreRecord>> = {
  'frames with a number': (index) => raw({ sid: 3, seq: index }),
  'frames without': () => raw(),
  snapshots: (index) => snapshot(index, { receivedAtMs: atMs }),
  'rows of the ledger': (index) => gap({ firstSeq: index, lastSeq: index, fromAtMs: atMs, toAtMs: atMs }),
};

// A page of each divides it.
const count = 1000;

test.each(Object.keys(rows))(`${count} %s are read, each once`, async (what) => {
  await using store = await createSessionStore({ url: await newDatabase() });
  const session = await recordedIn(store, upTo(count).map(rows[what]!));
  const records = await collect(store.replay(session));
  expect(records).toHaveLength(count);
  expect(await store.verify(session)).toMatchObject({ ok: true });
});
