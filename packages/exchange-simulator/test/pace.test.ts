import { ManualRuntime, temporaryFolder } from '@trader/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { createExchange } from '../src/index.ts';
import { TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

// Due 0, 1 and 61 s after the tape's start.
const tape = writeTape(folder, 'minute.ndjson', [
  at(500_000, snapshotOf('A')),
  at(500_000, deltaOf('A', 'yes', '0.1000', '1.00')),
  at(501_000, deltaOf('A', 'yes', '0.1000', '1.00')),
  at(561_000, deltaOf('A', 'yes', '0.1000', '1.00')),
]);

describe.each([
  [1, 1_000, 60_000],
  [10, 100, 6_000],
])('at speed %d', (speed, secondAtMs, thirdAfterMs) => {
  it('each frame comes at its moment, and not before', async () => {
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({ tapes: [tape], speed, runtime, pingIntervalMs: Infinity });
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    client.subscribe(1, ['A']);
    await client.until(() => client.of('orderbook_delta').length === 1);
    runtime.advance(secondAtMs - 1);
    await client.settled();
    expect(client.of('orderbook_delta')).toHaveLength(1);
    runtime.advance(1);
    await client.until(() => client.of('orderbook_delta').length === 2);
    runtime.advance(thirdAfterMs - 1);
    await client.settled();
    expect(client.of('orderbook_delta')).toHaveLength(2);
    runtime.advance(1);
    await exchange.finished;
    await client.settled();
    expect(client.of('orderbook_delta')).toHaveLength(3);
  });
});

describe('playback', () => {
  it('on-subscribe begins with the first subscription to a market that is on a tape', async () => {
    await using exchange = await createExchange({ tapes: [tape], speed: 'max' });
    await using client = await TestClient.connect(exchange);
    client.subscribe(1, ['ELSEWHERE']);
    await client.settled();
    expect(exchange.totals().deltasPlayed).toBe(0);
    client.update(2, 'add_markets', ['A']);
    await exchange.finished;
    await client.settled();
    expect(client.of('orderbook_delta')).toHaveLength(3);
  });

  it('on-play waits for play(), at max also for a subscriber', async () => {
    await using exchange = await createExchange({ tapes: [tape], speed: 'max', playback: 'on-play' });
    await using client = await TestClient.connect(exchange);
    exchange.play();
    exchange.play();
    await client.settled();
    expect(exchange.totals().deltasPlayed).toBe(0);
    client.subscribe(1, ['A']);
    await exchange.finished;
    expect(exchange.totals().deltasPlayed).toBe(3);
  });

  it('at a factor goes on without subscribers, and the next one gets the book of that moment', async () => {
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({ tapes: [tape], playback: 'on-play', runtime });
    exchange.play();
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    while (exchange.totals().deltasPlayed < 3) {
      runtime.advance(1_000);
      await client.settled();
    }
    await exchange.finished;
    client.subscribe(1, ['A']);
    await client.settled();
    expect(client.of('orderbook_snapshot')[0]?.msg.yes_dollars_fp).toEqual([['0.1000', '3.00']]);
    expect(exchange.book('A')).toEqual({ yes: [[1000, 300]], no: [] });
    expect(exchange.book('B')).toBeUndefined();
  });

  it('of a tape without times needs no clock: it comes as fast as subscribers take it', async () => {
    const untimed = writeTape(folder, 'untimed.ndjson', [snapshotOf('U'), deltaOf('U', 'no', '0.3000', '1.00')]);
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({
      tapes: [untimed],
      speed: 1,
      runtime,
    });
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    client.subscribe(1, ['U']);
    await exchange.finished;
    expect(exchange.totals().deltasPlayed).toBe(1);
  });

  it('of raw frames follows their ts_ms', async () => {
    const raw = writeTape(folder, 'raw-timed.ndjson', [
      snapshotOf('R'),
      deltaOf('R', 'no', '0.3000', '1.00', 70_000),
      deltaOf('R', 'no', '0.3000', '1.00', 75_000),
    ]);
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({ tapes: [raw], runtime, pingIntervalMs: Infinity });
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    client.subscribe(1, ['R']);
    await client.until(() => client.of('orderbook_delta').length === 1);
    await client.settled();
    expect(exchange.totals().deltasPlayed).toBe(1);
    runtime.advance(5_000);
    await exchange.finished;
    expect(exchange.totals().deltasPlayed).toBe(2);
  });
});
