// A ticker that does not exist is acknowledged, and has an empty book without an id.
import { expect, test } from 'vitest';
import { A, conversation, delta, snapshot, subscribed } from './scripted-exchange.ts';

const UNKNOWN = 'KXTEST-26NOV22-NONE';
const withoutId = '00000000-0000-4000-8000-000000000000';

test('a snapshot and a delta whose market_id is empty are read like any other', async () => {
  const it = conversation({ markets: [A, UNKNOWN] });
  const dialled = it.dial();
  it.client.start();
  const socket = await dialled;
  socket.listener.opened();
  const nameless = (frame: object): string => JSON.stringify(frame).replace(withoutId, '');
  socket.send(subscribed(1), snapshot(1, A), nameless(snapshot(2, UNKNOWN)));
  expect(it.client.status()).toMatchObject({ phase: 'live', wanted: 2, synced: 2 });
  expect(it.client.book(UNKNOWN)!.bestBid('yes')).toBeUndefined();
  expect(it.of('snapshot').map(({ market, marketId }) => [market, marketId])).toEqual([
    [A, withoutId],
    [UNKNOWN, null],
  ]);
  socket.send(nameless(delta(3, UNKNOWN, '0.4000', '1.00')));
  expect(it.client.book(UNKNOWN)!.bestBid('yes')).toEqual([4000, 100]);
  expect([...it.of('problem'), ...it.of('unrecognized')]).toEqual([]);
});
