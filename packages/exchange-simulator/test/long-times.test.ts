// Times beyond 2^31 ms, which Node's timers take for one millisecond, and `Infinity`: they mean what they say.
import { ManualRuntime } from '@trader/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createExchange, type Exchange, type ExchangeOptions, type Fault, type Runtime } from '../src/index.ts';
import { withLongTimers } from '../src/io/runtime.ts';
import { parseFaultScript } from '../src/core/faults/fault-script.ts';
import { signedHeaders, TestClient } from './client.ts';

const DAY_MS = 86_400_000;
const LONGEST_OF_NODE_MS = 2 ** 31 - 1;
const FORTY_DAYS_MS = 40 * DAY_MS;

let exchange: Exchange;
afterEach(() => (exchange as Exchange | undefined)?.close());

/** A world that refuses what Node's timers would misunderstand. */
function strictRuntime() {
  const manual = new ManualRuntime();
  const { nowMs, monotonicMs } = manual;
  const misunderstood: number[] = [];
  const setTimer: Runtime['setTimer'] = (delayMs, fire) => {
    if (!(delayMs >= 0 && delayMs <= LONGEST_OF_NODE_MS)) misunderstood.push(delayMs);
    return manual.setTimer(delayMs, fire);
  };
  return { manual, misunderstood, runtime: { nowMs, monotonicMs, setTimer } };
}

async function open(options: ExchangeOptions = {}) {
  const { manual, misunderstood, runtime } = strictRuntime();
  const quiet = { markets: 1, deltasPerSecond: 0.000_001, marketLifetimeMs: Infinity, pingIntervalMs: Infinity };
  exchange = await createExchange({ ...quiet, runtime, ...options });
  const client = await TestClient.connect(exchange, { atMs: manual.nowMs() });
  return { manual, misunderstood, client, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}

describe('a timer of the exchange', () => {
  it('of any length fires when it is due, once, and can be cancelled on the way', () => {
    const { manual, misunderstood, runtime } = strictRuntime();
    const long = withLongTimers(runtime);
    const fired: string[] = [];
    long.setTimer(FORTY_DAYS_MS + 5, () => fired.push('late'));
    long.setTimer(7, () => fired.push('soon'));
    long.setTimer(Infinity, () => fired.push('never'));
    const cancel = long.setTimer(FORTY_DAYS_MS, () => fired.push('cancelled'));
    manual.advance(FORTY_DAYS_MS - 1);
    cancel();
    cancel();
    expect(fired).toEqual(['soon']);
    manual.advance(5);
    expect(fired).toEqual(['soon']);
    manual.advance(1);
    manual.advance(100 * DAY_MS);
    expect([fired, misunderstood, manual.armedTimers]).toEqual([['soon', 'late'], [], 0]);
  });
});

describe('an option', () => {
  it.each([[FORTY_DAYS_MS], [2 ** 31], [1e300], [Infinity]])('pingIntervalMs of %d', async (pingIntervalMs) => {
    await using world = await open({ pingIntervalMs });
    world.manual.advance(Math.min(pingIntervalMs, 100 * DAY_MS) - 1);
    await world.client.settled();
    expect([world.client.pings, world.misunderstood]).toEqual([[], []]);
    world.manual.advance(1);
    await world.client.settled();
    expect(exchange.totals().pingsSent).toBe(pingIntervalMs <= 100 * DAY_MS ? 1 : 0);
  });

  it.each([[FORTY_DAYS_MS], [1e300], [Infinity]])('replyLatencyMs of %d', async (replyLatencyMs) => {
    await using world = await open({ replyLatencyMs });
    world.client.send({ id: 1, cmd: 'list_subscriptions' });
    await world.client.ping('read');
    world.manual.advance(Math.min(replyLatencyMs, 100 * DAY_MS) - 1);
    await world.client.ping('still nothing');
    expect([world.client.texts, world.misunderstood]).toEqual([[], []]);
    world.manual.advance(1);
    await world.client.ping('now');
    expect(world.client.texts).toHaveLength(replyLatencyMs <= 100 * DAY_MS ? 1 : 0);
  });

  it.each([
    [FORTY_DAYS_MS, FORTY_DAYS_MS],
    [20 * 365 * DAY_MS, 20 * 365 * DAY_MS],
    // Ten years, as far as anybody is told.
    [Infinity, 3650 * DAY_MS],
  ])('marketLifetimeMs of %d', async (marketLifetimeMs, toldMs) => {
    await using world = await open({ marketLifetimeMs });
    const [ticker] = exchange.markets;
    const marketNow = async () => {
      const answer = await fetch(`${exchange.restUrl}/markets/${ticker}`);
      return ((await answer.json()) as { market: { status: string; close_time: string } }).market;
    };
    const openedMs = world.manual.nowMs();
    expect(Date.parse((await marketNow()).close_time)).toBe(openedMs + toldMs);
    world.manual.advance(Math.min(marketLifetimeMs, 100 * DAY_MS) - 1);
    expect((await marketNow()).status).toBe('active');
    world.manual.advance(2);
    expect((await marketNow()).status).toBe(marketLifetimeMs > 100 * DAY_MS ? 'active' : 'closed');
    expect(world.misunderstood).toEqual([]);
  });

  it('marketLifetimeMs that no calendar has a date for is the last date that can be written', async () => {
    await using world = await open({ marketLifetimeMs: 1e200 });
    const { markets } = (await (await fetch(`${exchange.restUrl}/markets`)).json()) as {
      markets: { close_time: string; latest_expiration_time: string }[];
    };
    expect(markets[0]).toMatchObject({
      close_time: '9999-12-31T23:59:59Z',
      latest_expiration_time: '9999-12-31T23:59:59Z',
    });
    expect(world.misunderstood).toEqual([]);
  });
});

describe('control.markets.roll', () => {
  it.each([[FORTY_DAYS_MS], [1e20], [Infinity]])(
    'with a gap of %d leaves no market open for that long',
    async (gapMs) => {
      await using world = await open();
      world.client.send({ id: 1, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'] } });
      await world.client.settled();
      exchange.control.markets.roll({ gapMs });
      const openNow = async () => {
        const answer = await fetch(`${exchange.restUrl}/markets?status=open`);
        return ((await answer.json()) as { markets: object[] }).markets.length;
      };
      world.manual.advance(Math.min(gapMs, 100 * DAY_MS) - 1);
      expect(await openNow()).toBe(0);
      world.manual.advance(2);
      expect(await openNow()).toBe(gapMs <= 100 * DAY_MS ? 1 : 0);
      await world.client.settled();
      expect(world.client.texts.filter((text) => text.includes('null'))).toEqual([]);
      expect(world.misunderstood).toEqual([]);
    },
  );

  it.each([[Number.NaN], [-1], ['1s' as never]])('refuses a gap of %j', async (gapMs) => {
    await using _world = await open();
    expect(() => exchange.control.markets.roll({ gapMs })).toThrow(/^gapMs must be .*, got /);
  });
});

describe('a time of a fault', () => {
  const stallsAt = async (world: Awaited<ReturnType<typeof open>>): Promise<boolean> => {
    const before = world.client.texts.length;
    world.client.send({ id: 9, cmd: 'list_subscriptions' });
    await world.client.ping('round');
    return world.client.texts.length === before;
  };

  it.each<[Fault['from'], Fault['until'], readonly [boolean, boolean, boolean]]>([
    [FORTY_DAYS_MS, Infinity, [false, false, true]],
    ['960h', 'Infinity', [false, false, true]],
    [0, FORTY_DAYS_MS, [true, true, false]],
    [Infinity, undefined, [false, false, false]],
    [undefined, Infinity, [true, true, true]],
  ])('from %s until %s', async (from, until, stalled) => {
    const fault = {
      kind: 'stall',
      ...(from !== undefined && { from }),
      ...(until !== undefined && { until }),
    } as const;
    await using world = await open();
    exchange.control.faults.add(fault);
    const seen = [await stallsAt(world)];
    world.manual.advance(FORTY_DAYS_MS - 1);
    seen.push(await stallsAt(world));
    world.manual.advance(1);
    seen.push(await stallsAt(world));
    expect([seen, world.misunderstood]).toEqual([stalled, []]);
  });

  it.each<[Fault]>([
    [{ kind: 'delay', by: FORTY_DAYS_MS }],
    [{ kind: 'delay', by: FORTY_DAYS_MS, inOrder: true }],
    [{ kind: 'delay', by: Infinity }],
    [{ kind: 'delay', by: 'Infinity', inOrder: true }],
    [{ kind: 'reorder', behind: 5, atMost: FORTY_DAYS_MS }],
    [{ kind: 'reorder', behind: 5, atMost: Infinity }],
  ])('%j holds a frame for that long', async (fault) => {
    await using world = await open({ faults: [fault] });
    world.client.send({ id: 1, cmd: 'list_subscriptions' });
    await world.client.ping('asked');
    world.manual.advance(FORTY_DAYS_MS - 1);
    await world.client.ping('not yet');
    expect(world.client.texts).toEqual([]);
    world.manual.advance(1);
    await world.client.ping('now');
    const isEndless = JSON.stringify(fault).includes('Infinity') || Object.values(fault).includes(Infinity);
    expect(world.client.texts).toHaveLength(isEndless ? 0 : 1);
    expect(world.misunderstood).toEqual([]);
  });

  it.each([
    [{ kind: 'stall', from: Number.NaN }, 'faults[0].from must be a time that is not negative'],
    [{ kind: 'stall', until: -1 }, 'faults[0].until must be a time that is not negative'],
    [{ kind: 'stall', until: -Infinity }, 'faults[0].until must be a time that is not negative'],
    [{ kind: 'stall', from: '9e999' }, 'faults[0].from must be a time that is not negative'],
    [{ kind: 'delay', by: Number.NaN }, 'faults[0].by must be a time that is not negative'],
    [{ kind: 'delay', by: 1, jitter: Infinity }, 'faults[0].jitter must be a time that is not negative and has an end'],
    [{ kind: 'clock-skew', by: Infinity }, 'faults[0].by must be a time'],
    [{ kind: 'clock-skew', by: 1e18 }, 'faults[0].by must be a time'],
    [{ kind: 'clock-skew', by: Number.NaN }, 'faults[0].by must be a time'],
  ])('%j is refused', async (fault, message) => {
    await using _world = await open();
    expect(() => exchange.control.faults.add(fault as Fault)).toThrow(message);
  });

  it('is shown as it was given, over HTTP, too', async () => {
    await using _world = await open({ faults: [{ kind: 'stall', from: Infinity }] });
    const { origin } = new URL(exchange.restUrl);
    const answer = await fetch(`${origin}/control/faults`);
    const { faults } = (await answer.json()) as { faults: { fault: Fault }[] };
    expect(faults.map(({ fault }) => fault)).toEqual([{ kind: 'stall', from: 'Infinity' }]);
    expect(parseFaultScript(JSON.stringify(faults[0]!.fault), 'again')).toHaveLength(1);
  });
});

describe('a clock that is far away', () => {
  it('is shown, and signs and dates go by it', async () => {
    await using world = await open();
    exchange.control.faults.add({ kind: 'clock-skew', by: '876000h' });
    const atMs = world.manual.nowMs() + 876_000 * 3_600_000;
    const headers = signedHeaders(exchange, { signedPath: '/trade-api/v2/account/limits', atMs });
    const answer = await fetch(`${exchange.restUrl}/account/limits`, { headers });
    expect([answer.status, Date.parse(answer.headers.get('date')!)]).toEqual([200, atMs]);
  });
});
