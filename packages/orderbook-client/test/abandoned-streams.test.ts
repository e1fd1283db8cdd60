// Whoever stops reading without leaving the loop: what an iterator holds goes with it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { A, delta, syncedConversation } from './scripted-exchange.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const SOON = { timeout: 60_000, interval: 10 };

test('a stream that paused the socket and was forgotten half read lets it be read again', async () => {
  const { client, socket } = await syncedConversation();
  await (async () => {
    const stream = client.events({ maxQueued: 2, overflow: 'pause' });
    for (let seq = 3; seq < 9; seq++) socket.send(delta(seq, A, '0.4000', '1.00'));
    expect((await stream.next()).value).toMatchObject({ seq: 3 });
  })();
  expect(socket.reading).toBe(false);
  await vi.waitFor(() => {
    collect();
    expect(socket.reading).toBe(true);
  }, SOON);
});

test('a stream that only its waiting reader knows goes on', async () => {
  const { client, socket } = await syncedConversation();
  const waiting = client.events().next();
  const top = client.watchTop(A);
  await top.next();
  const change = top.next();
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.send(delta(3, A, '0.4100', '1.00'));
  expect((await waiting).value).toMatchObject({ type: 'delta', seq: 3 });
  expect((await change).value).toMatchObject({ bidPrice: 4100 });
});

test('looking at the top again and again leaves nothing behind', async () => {
  const { client } = await syncedConversation();
  const references: WeakRef<object>[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const tops = client.watchTop(A);
    references.push(new WeakRef(tops));
    expect((await tops.next()).value).toMatchObject({ market: A });
  }
  await vi.waitFor(() => {
    collect();
    expect(references.slice(0, -1).filter((reference) => reference.deref() !== undefined)).toEqual([]);
  }, SOON);
});
