import { ManualRuntime } from '@trader/testkit';
import { describe, expect, it } from 'vitest';
import { createExchange, type Runtime } from '../src/index.ts';
import { TestClient } from './client.ts';

/** Ten seconds of a generated exchange, as one subscriber of everything sees it. */
async function record(seed: number, timersLateMs = 0): Promise<string[]> {
  const runtime = new ManualRuntime();
  const { nowMs, monotonicMs } = runtime;
  const setTimer: Runtime['setTimer'] = (delayMs, fire) => runtime.setTimer(delayMs + timersLateMs, fire);
  const late: Runtime = { nowMs, monotonicMs, setTimer };
  await using exchange = await createExchange({
    seed,
    markets: 4,
    deltasPerSecond: 60,
    runtime: late,
    pingIntervalMs: Infinity,
  });
  await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
  client.subscribe(1, exchange.markets);
  await client.settled();
  runtime.advance(10_000);
  await client.settled();
  expect(exchange.totals()).toMatchObject({ deltasPlayed: client.of('orderbook_delta').length, levelsBelowZero: 0 });
  return client.texts;
}

describe('a generated exchange', () => {
  it('sends the same bytes for the same seed and clock, others for another', async () => {
    const first = await record(5);
    expect(first.length).toBeGreaterThan(200);
    expect(await record(5)).toEqual(first);
    expect(await record(6)).not.toEqual(first);
  });

  it('sends the same bytes however late its timers are', async () => {
    const first = await record(5);
    const late = await record(5, 37);
    expect(late.length).toBeGreaterThan(200);
    expect(late).toEqual(first.slice(0, late.length));
  });

  it('writes frames as the real exchange does', async () => {
    const [, snapshot, ...rest] = await record(1);
    expect(snapshot).toMatch(
      /^\{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":\{"market_ticker":"KXSIM-00001","market_id":"[0-9a-f-]{36}","yes_dollars_fp":\[\["0\.\d\d00","\d+\.\d\d"\]/,
    );
    expect(rest.at(-1)).toMatch(
      /^\{"type":"orderbook_delta","sid":1,"seq":\d+,"msg":\{"market_ticker":"KXSIM-0000[1-4]","market_id":"[0-9a-f-]{36}","price_dollars":"0\.\d\d00","delta_fp":"-?\d+\.\d\d","side":"(yes|no)","ts":"[0-9T:-]+(\.\d{0,5}[1-9])?Z","ts_ms":\d{13}\}\}$/,
    );
  });
});
