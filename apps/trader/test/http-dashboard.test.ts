// What a page that shows the trader asks for, over real sockets, while the simulator is recorded.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHttpTrader, until } from './http-trader.ts';

type ErrorBody = { readonly error: { readonly code: string; readonly message: string } };

let running: Awaited<ReturnType<typeof startHttpTrader>>;
beforeAll(async () => {
  running = await startHttpTrader();
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

test.each(['/history?step=5', '/history?from=2&to=1', '/history?from=-1', '/history?from=1e9', '/history?form=1'])(
  'refuses the query of %s by name',
  async (path) => {
    const { status, body } = await running.get<ErrorBody>(path);
    expect([status, body.error.code]).toEqual([400, 'QUERY_INVALID']);
    expect(body.error.message).toMatch(/^(step|from|there is no "form"; known: from, to, step)/);
  },
);

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
