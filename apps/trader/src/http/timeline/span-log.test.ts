import { expect, test } from 'vitest';
import { SpanLog } from './span-log.ts';

test('SpanLog keeps 500 of a lane, and a lane that flaps pushes out no other', () => {
  const log = new SpanLog();
  const name = (name: string) => ({ name, why: 'x'.repeat(2_000), session: null });
  log.turn('state', 0, name('startup'));
  log.turn('state', 5, name('ready'));
  for (let at = 0; at < 5_000; at += 2) {
    log.turn('feed', at, name('unhealthy'));
    log.turn('feed', at + 1, null);
  }
  const of = (lane: string) => log.spans.filter((span) => span.lane === lane);
  expect(of('state')).toMatchObject([
    { name: 'startup', fromMs: 0, toMs: 5 },
    { name: 'ready', fromMs: 5, toMs: null },
  ]);
  expect(of('feed')).toHaveLength(500);
  expect(of('feed').at(-1)).toMatchObject({ fromMs: 4_998, toMs: 4_999 });
  expect(of('feed')[0]!.why).toHaveLength(500);
});
