// `/control/` over HTTP, as a shell or another program uses it.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect, it, beforeEach, afterEach, describe } from 'vitest';
import { deltas, FaultyExchange } from './fault-client.ts';

let world: FaultyExchange;
beforeEach(async () => {
  world = await FaultyExchange.start([]);
});
afterEach(() => world[Symbol.asyncDispose]());

async function ask(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const url = new URL(path, world.exchange.url.replace('ws:', 'http:'));
  const sent = request(url, { method, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response as AsyncIterable<Buffer>) text += chunk.toString();
  return { status: response.statusCode, type: response.headers['content-type'], body: JSON.parse(text) as object };
}

describe('/control/faults', () => {
  it('adds, lists and removes faults, which hold at once', async () => {
    const client = await world.subscribed();
    const added = await ask('POST', '/control/faults', '{ "kind": "drop", "aim": { "frame": "data" }, "count": 1 }');
    expect(added).toMatchObject({ status: 201, type: 'application/json', body: { ids: ['1'] } });
    world.runtime.advance(2000);
    await client.until(() => deltas(client).length > 0);
    expect(deltas(client)).toEqual([2]);
    expect(await ask('GET', '/control/faults')).toMatchObject({
      status: 200,
      body: { faults: [{ id: '1', state: 'spent', hits: 1, fault: { kind: 'drop' } }] },
    });
    expect(await ask('DELETE', '/control/faults/1')).toMatchObject({ status: 200, body: { removed: 1 } });
    expect(await ask('DELETE', '/control/faults/1')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
    expect(world.hits('drop')).toBe(1);
  });

  it('says which connections are open, by the numbers that a fault aims at', async () => {
    const { faults } = world.exchange.control;
    expect(faults.connections()).toEqual([]);
    const first = await world.subscribed();
    await world.subscribed();
    expect(faults.connections()).toEqual([1, 2]);
    faults.add({ kind: 'cut', aim: { connection: 1 }, count: 1 });
    await first.closed;
    await expect.poll(() => faults.connections(), { timeout: 30_000 }).toEqual([2]);
  });

  it('takes a whole script, and removes everything', async () => {
    const script = '{ "faults": [ { "kind": "no-pings" }, { "kind": "no-pongs" } ] }';
    expect(await ask('POST', '/control/faults', script)).toMatchObject({ body: { ids: ['1', '2'] } });
    expect(await ask('DELETE', '/control/faults')).toMatchObject({ status: 200, body: { removed: 2 } });
    expect(world.exchange.control.faults.list()).toEqual([]);
  });

  it('adds nothing of a script that is wrong and says where it is', async () => {
    const script = '[\n  { "kind": "no-pings" },\n  { "kind": "drop", "count": 0 }\n]';
    const answer = await ask('POST', '/control/faults', script);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'FAULT_SCRIPT_INVALID', line: 3 } } });
    expect(world.exchange.control.faults.list()).toEqual([]);
  });

  it('refuses what cannot be: tapes play what was recorded', async () => {
    const answer = await ask('POST', '/control/faults', '{ "kind": "no-open-markets" }');
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'FAULT_NOT_POSSIBLE' } } });
    const started = FaultyExchange.start([{ kind: 'price-structure', structure: 'deci_cent' }]);
    await expect(started).rejects.toMatchObject({ code: 'FAULT_NOT_POSSIBLE' });
  });

  it('refuses a body that is too large', async () => {
    const answer = await ask('POST', '/control/faults', ' '.repeat(1_048_577));
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'body_too_large' } } });
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'body_too_large' } } });
    expect(world.exchange.control.faults.list()).toEqual([]);
  });
});

describe('/control/', () => {
  it('drops connections', async () => {
    const client = await world.subscribed();
    expect(await ask('POST', '/control/drop-connections')).toMatchObject({ status: 200, body: { dropped: 1 } });
    expect(await client.closed).toMatchObject({ code: 1006 });
  });

  it('pauses and resumes trading, which faults of another kind leave alone', async () => {
    expect(await ask('POST', '/control/pause-trading')).toMatchObject({ body: { tradingActive: false } });
    world.exchange.control.faults.add({ kind: 'clock-skew', by: 1000 });
    const status = await fetch(`${world.exchange.restUrl}/exchange/status`);
    expect(await status.json()).toMatchObject({ trading_active: false });
    expect(await ask('POST', '/control/resume-trading')).toMatchObject({ body: { tradingActive: true } });
  });

  it('says that markets of tapes cannot be rolled', async () => {
    expect(await ask('POST', '/control/roll-markets')).toMatchObject({ status: 200, body: { rolled: false } });
  });

  it.each<[string, Record<string, string>]>([
    ['a page', { Origin: 'https://example.com' }],
    ['a page of this very port', { Origin: 'http://127.0.0.1' }],
    ['a page that may not say who it is', { Origin: 'null' }],
    ['a browser', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a name that was made to point here', { Host: 'rebound.example:80' }],
    ['another port', { Host: '127.0.0.1:1' }],
  ])('refuses %s', async (_, headers) => {
    const client = await world.subscribed();
    for (const [method, path] of [
      ['POST', '/control/drop-connections'],
      ['GET', '/control/faults'],
    ] as const) {
      expect(await ask(method, path, undefined, headers)).toMatchObject({
        status: 403,
        body: { error: { code: 'forbidden' } },
      });
    }
    await client.barrier(9);
  });

  it('knows what may be asked', async () => {
    expect(await ask('GET', '/control/drop-connections')).toMatchObject({ status: 405 });
    expect(await ask('PUT', '/control/faults')).toMatchObject({ status: 405 });
    expect(await ask('GET', '/control/faults/1')).toMatchObject({ status: 405 });
    expect(await ask('GET', '/control/constructor')).toMatchObject({ status: 404 });
  });
});
