// What a page that shows the trader asks for, over real sockets, while the simulator is recorded.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Span } from '../src/http/timeline/merge-spans.ts';
import { get, startHttpTrader, until } from './http-trader.ts';
import { happening, serveView } from './http-view.ts';

type ErrorBody = { readonly error: { readonly code: string; readonly message: string } };

let running: Awaited<ReturnType<typeof startHttpTrader>>;
beforeAll(async () => {
  running = await startHttpTrader();
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

test.each([
  '/history?step=5',
  '/history?from=2&to=1',
  '/history?from=-1',
  '/history?from=1e9',
  '/history?form=1',
  '/timeline?from=2&to=1',
  '/timeline?to=now',
])('refuses the query of %s by name', async (path) => {
  const { status, body } = await running.get<ErrorBody>(path);
  expect([status, body.error.code]).toEqual([400, 'QUERY_INVALID']);
  expect(body.error.message).toMatch(/^(step|from|to|there is no "form"; known: from, to, step)/);
});

describe('/history', () => {
  type History = Readonly<Record<string, readonly (number | null)[]>> & { readonly stepMs: number };

  test('tells frames, delays and what waits, in columns of one length', async () => {
    const beganMs = Date.now() - running.trader.status().uptimeMs;
    const { body } = await until(
      () => running.get<History>('/history'),
      ({ body }) => body['framesPerSecond']!.some((frames) => frames !== null && frames > 50),
    );
    const { stepMs, sinceMs, ...columns } = body;
    expect(stepMs).toBe(1_000);
    expect(Math.abs(Number(sinceMs) - beganMs)).toBeLessThan(30_000);
    const { length } = body['atMs']!;
    for (const [name, column] of Object.entries(columns)) expect(column, name).toHaveLength(length);
    expect(body['delayMs']!.some((ms) => ms !== null)).toBe(true);
  });

  test('folds by the minute, and gives no more than is asked for', async () => {
    const { body } = await running.get<History>('/history?step=60000');
    expect(body.stepMs).toBe(60_000);
    expect(body['atMs']!.length).toBeLessThan(5);
    const { body: none } = await running.get<History>(`/history?from=0&to=1000`);
    expect(none['atMs']).toEqual([]);
  });
});

describe('/timeline', () => {
  type Timeline = {
    readonly spans: readonly Span[];
    readonly databaseMissing: string | null;
    readonly sinceMs: number;
  };

  test('has states, the session and a hole, each with its reason', async () => {
    const { id } = running.trader.status().session!;
    const [market] = running.exchange.markets;
    running.exchange.control.faults.add({
      kind: 'drop',
      count: 1,
      aim: { market: market!, frame: 'orderbook_delta' },
    });
    const { body } = await until(
      () => running.get<Timeline>('/timeline'),
      ({ body }) => body.spans.some(({ lane }) => lane === 'gap'),
    );
    const lane = (name: string) => body.spans.filter((span) => span.lane === name);
    expect(lane('state').at(-1)).toMatchObject({ name: 'ready', toMs: null });
    // What was passed within one point of the picture is one, and is counted.
    expect(lane('state').reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(3);
    expect(lane('session')).toMatchObject([{ name: 'active', toMs: null, session: id, why: 'recorded by test' }]);
    expect(lane('gap')).toMatchObject([{ session: id, count: 1, why: expect.stringContaining('numbers') }]);
    expect(body.databaseMissing).toBeNull();
    const { body: later } = await running.get<Timeline>(`/timeline?from=${Date.now() + 60_000}`);
    expect(later.spans.map(({ lane }) => lane).toSorted()).toEqual(['session', 'state']);
    const { body: before } = await running.get<Timeline>('/timeline?from=0&to=1000');
    expect(before.spans).toEqual([]);
  });

  test('without a database tells what the process saw, and says why there is no more', async () => {
    await using view = await serveView();
    view.events.add(happening('the cable was cut'));
    view.events.add({ ...happening('it is back'), to: 'healthy' } as Parameters<typeof view.events.add>[0]);
    view.events.add(happening('cut again'));
    view.events.add({ type: 'session-opened', sessionId: 's1', recorder: 'desk', continues: null, atMs: 0 });
    const { body } = await get<Timeline>(`${view.base}/timeline?from=${Date.now() - 1_000}`);
    expect(body.databaseMissing).toBe('The store is not open.');
    expect(body.spans.map(({ lane, name, toMs }) => [lane, name, toMs === null])).toEqual([
      ['feed', 'degraded', false],
      ['feed', 'degraded', true],
      ['session', 'active', true],
      ['state', 'startup', true],
    ]);
  });
});
