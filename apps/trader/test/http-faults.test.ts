// What comes of faults that are injected over HTTP: when the feed noticed, and when all was right again.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHttpTrader, until } from './http-trader.ts';

type Injected = {
  readonly name: string;
  readonly state: string;
  readonly injectedAtMs: number;
  readonly endsAtMs: number;
  readonly noticedAtMs: number | null;
  readonly healedAtMs: number | null;
  readonly namedAs: string | null;
};
type Faults = { readonly injected: readonly Injected[]; readonly connections: readonly number[] };

let running: Awaited<ReturnType<typeof startHttpTrader>>;
beforeAll(async () => {
  running = await startHttpTrader();
});
afterAll(() => running[Symbol.asyncDispose]());

const latest = async () => (await running.get<Faults>('/faults')).body.injected[0]!;

async function inject(sent: object): Promise<Injected> {
  const headers = { 'x-trader-request': '1', 'content-type': 'application/json' };
  const answer = await fetch(`${running.base}/faults`, { method: 'POST', headers, body: JSON.stringify(sent) });
  const body = (await answer.json()) as Faults;
  expect(answer.status, JSON.stringify(body)).toBe(200);
  return body.injected[0]!;
}

test.each([
  ['drop', 'sequence'],
  ['cut', 'disconnected'],
  ['truncate', 'sequence'],
  ['error', 'subscription-lost'],
  ['refuse', 'disconnected'],
])('%s is noticed, heals, and is named %s', async (name, namedAs) => {
  const injected = await inject({ name, untilMs: 3_000 });
  expect(injected.name).toBe(name);
  expect(Math.abs(injected.endsAtMs - injected.injectedAtMs - 3_000)).toBeLessThanOrEqual(1);
  const healed = await until(latest, ({ healedAtMs }) => healedAtMs !== null);
  expect(healed.namedAs).toBe(namedAs);
  expect(healed.noticedAtMs).toBeGreaterThanOrEqual(injected.injectedAtMs);
  expect(healed.healedAtMs).toBeGreaterThanOrEqual(healed.noticedAtMs!);
  const { feed, ready } = running.trader.status();
  expect([feed!.synced, ready]).toEqual([4, true]);
});

test('what costs nothing is passed over', async () => {
  await inject({ name: 'duplicate' });
  const passed = await until(latest, ({ namedAs }) => namedAs !== null);
  expect(passed).toMatchObject({ state: 'spent', noticedAtMs: null, healedAtMs: null, namedAs: 'passed over' });
});

test('what was done by a fault that is over is still known when others were injected', async () => {
  await inject({ name: 'duplicate' });
  await until(latest, ({ state }) => state === 'spent');
  await inject({ name: 'clock-skew', fromMs: 60_000 });
  await fetch(`${running.base}/faults`, { method: 'DELETE', headers: { 'x-trader-request': '1' } });
  const { injected } = (await running.get<Faults>('/faults')).body;
  expect(injected.slice(0, 2)).toMatchObject([
    { name: 'clock-skew', state: 'over', hits: 0 },
    { name: 'duplicate', state: 'spent', hits: 10 },
  ]);
});

test('a connection that is open can be broken alone, and another takes its place', async () => {
  const connectionsNow = async () => (await running.get<Faults>('/faults')).body.connections;
  const [first, ...others] = await until(connectionsNow, ({ length }) => length === 1);
  expect(others).toEqual([]);
  await inject({ name: 'cut', connection: first, untilMs: 5_000 });
  await until(latest, ({ healedAtMs }) => healedAtMs !== null);
  const [next] = await until(connectionsNow, ({ length }) => length === 1);
  expect(next).toBeGreaterThan(first!);
});

test('a fault waits for its time and for its connection', async () => {
  const { injectedAtMs } = await inject({ name: 'cut', fromMs: 500, untilMs: 5_000, connection: 1_000 });
  const over = await until(latest, ({ state }) => state === 'active');
  expect(over).toMatchObject({ injectedAtMs, noticedAtMs: null });
  await fetch(`${running.base}/faults`, { method: 'DELETE', headers: { 'x-trader-request': '1' } });
  const ended = await latest();
  expect(ended).toMatchObject({ state: 'over' });
  expect(ended.endsAtMs).toBeLessThanOrEqual(Date.now() + 1_000);
});
