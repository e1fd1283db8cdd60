// The errors that end a subscription: 10, 17 and 25. Each of them can also answer a command, and then it ends nothing.
import { describe, expect, test } from 'vitest';
import { A, B, delta, snapshot, subscribed, syncedConversation } from './scripted-exchange.ts';

const TERMINAL = [10, 17, 25];

const answeredAll = (seq: number, id: number) => ({
  type: 'ok' as const,
  id,
  sid: 1,
  seq,
  msg: { market_tickers: [A, B] },
});

describe.each(TERMINAL)('error %d', (code) => {
  test('of the books’ sid makes them stale, and the subscription is made anew on the same connection', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send({ type: 'error', sid: 1, msg: { code, msg: 'over' } });
    expect(of('problem')).toMatchObject([{ error: { code: 'SUBSCRIPTION_LOST', exchangeCode: code } }]);
    expect(of('stale')).toMatchObject([{ markets: [A, B] }]);
    expect(socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { market_tickers: [A, B] } });
    socket.send(subscribed(2, 2));
    for (const frame of [snapshot(1, A), snapshot(2, B)]) socket.send({ ...frame, sid: 2 } as typeof frame);
    expect(client.status()).toMatchObject({ phase: 'live', epoch: 1, synced: 2 });
  });

  test('that names neither a command nor a sid may be of any subscription: a new connection', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send({ type: 'error', msg: { code, msg: 'over' } });
    expect(of('problem')).toMatchObject([{ error: { code: 'SUBSCRIPTION_LOST', exchangeCode: code } }]);
    expect(client.status().synced).toBe(0);
    expect(socket.open).toBe(false);
  });

  test('that answers a command and names no sid refuses that command, and no book turns stale', async () => {
    const { client, socket, of } = await syncedConversation();
    client.addMarkets(['KXTEST-26NOV22-C']);
    const { id } = socket.commands.at(-1)!;
    socket.send({ type: 'error', id, msg: { code, msg: 'over' } }, delta(3, A, '0.4000', '1.00'));
    expect(of('problem')).toMatchObject([{ error: { code: 'COMMAND_REJECTED', exchangeCode: code } }]);
    expect(client.status()).toMatchObject({ epoch: 1, wanted: 3, synced: 2 });
    expect(of('gap')).toEqual([]);
  });

  test('as the late answer to a command that was given up ends nothing either', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send(answeredAll(3, 1), { type: 'error', id: 1, msg: { code, msg: 'over' } });
    expect(of('problem')).toMatchObject([{ error: { code: 'COMMAND_REJECTED' } }]);
    expect(client.status()).toMatchObject({ phase: 'live', epoch: 1, synced: 2 });
  });
});
