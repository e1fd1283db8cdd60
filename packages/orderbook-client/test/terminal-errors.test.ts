// The errors that end a subscription: 10, 17 and 25.
import { expect, test } from 'vitest';
import { A, B, snapshot, subscribed, syncedConversation } from './scripted-exchange.ts';

test.each([10, 17, 25])('error %d of the books’ sid makes them stale, and the sid is made anew', async (code) => {
  const { client, socket, of } = await syncedConversation();
  socket.send({ type: 'error', sid: 1, msg: { code, msg: 'over' } });
  expect(of('problem')).toMatchObject([{ error: { code: 'SUBSCRIPTION_LOST', exchangeCode: code } }]);
  expect(of('stale')).toMatchObject([{ markets: [A, B] }]);
  expect(socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { market_tickers: [A, B] } });
  socket.send(subscribed(2, 2));
  for (const frame of [snapshot(1, A), snapshot(2, B)]) socket.send({ ...frame, sid: 2 } as typeof frame);
  expect(client.status()).toMatchObject({ phase: 'live', epoch: 1, synced: 2 });
});
