// What has to be so after whatever was thrown at a trader.
import { expect, vi } from 'vitest';
import type { Status } from '../../src/status.ts';
import type { FuzzReport } from './fuzz-run.ts';
import type { FuzzTarget } from './fuzz-target.ts';

/** @param before its status when the fuzz began */
export async function expectUnharmed(
  target: FuzzTarget,
  before: Status,
  { refusals }: Pick<FuzzReport, 'refusals'>,
): Promise<void> {
  expect(target.isAlive, target.log.slice(-2_000)).toBe(true);
  expect(await target.answer('/livez')).toBe(200);
  expect(await target.answer('/readyz')).toBe(200);
  // The same session goes on, and more frames come into it.
  const after = await target.status();
  expect(after.session?.id).toBe(before.session?.id);
  await vi.waitFor(
    async () => {
      const { feed, session } = await target.status();
      expect(feed!.counters.frames).toBeGreaterThan(after.feed!.counters.frames);
      expect(Number(session!['deltas'])).toBeGreaterThan(Number(after.session!['deltas']));
    },
    { timeout: 30_000, interval: 50 },
  );
  await vi.waitFor(
    async () => {
      const metric = await target.metrics();
      // The one that asks.
      expect(metric('trader_http_connections')).toBe(1);
      expect(metric('trader_ws_clients')).toBe(0);
    },
    { timeout: 30_000, interval: 50 },
  );
  const metric = await target.metrics();
  // Timers of connections that are gone would add up to thousands.
  expect(metric('nodejs_active_resources{type="Timeout"}')).toBeLessThan(100);
  // All that were read were counted; of those whose client was gone by then more were.
  for (const [code, count] of refusals) {
    expect(metric(`trader_http_refusals_total{code="${code}"}`), code).toBeGreaterThanOrEqual(count);
  }
  expect(metric('trader_http_refusals_total{code="INTERNAL"}')).toBe(0);
  expect(target.log).not.toMatch(/HTTP: .* failed/);
}
