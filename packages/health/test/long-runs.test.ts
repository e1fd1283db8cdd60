import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ComponentOptions } from '../src/index.ts';
import { watch } from './watched-tracker.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const hourMs = 3_600_000;

/** One hour of a component that is healthy in one second and unhealthy in the next. */
function flapForAnHour(options: Omit<ComponentOptions<never>, 'critical'>): number {
  const { see, wait, ofComponents, runtime } = watch({ components: { feed: { critical: true, ...options } } });
  while (runtime.monotonicMs() < hourMs) {
    see('feed', (runtime.monotonicMs() / 1_000) % 2 === 0 ? 'healthy' : 'unhealthy');
    wait(1_000);
  }
  return ofComponents().length;
}

test('a 1 Hz flap for an hour gives the numbers of transitions that the README states', () => {
  const figures = {
    'the defaults': flapForAnHour({}),
    '`healthyAfterMs: 0`': flapForAnHour({ healthyAfterMs: 0 }),
    '`unhealthyAfterMs: 5_000`': flapForAnHour({ unhealthyAfterMs: 5_000 }),
    '`healthyAfterMs: 0, holdDown: false`': flapForAnHour({ healthyAfterMs: 0, holdDown: false }),
  };
  for (const [options, transitions] of Object.entries(figures)) {
    expect(readme).toContain(`| ${options} | ${transitions.toLocaleString('en')} |`);
  }
});

test('24 hours of a quiet market with live pings give no transition', () => {
  const { see, wait, transitions, tracker } = watch({
    components: {
      socket: { critical: true, silentAfterMs: 30_000 },
      feed: { critical: true, dependsOn: ['socket'] },
    },
  });
  see('socket', 'healthy', 'connected');
  see('feed', 'healthy', 'synced');
  const atStart = transitions.length;
  for (let elapsedMs = 0; elapsedMs < 24 * hourMs; elapsedMs += 10_000) {
    see('socket', 'healthy', 'ping answered');
    wait(10_000);
  }
  expect(transitions.slice(atStart)).toEqual([]);
  expect(tracker.snapshot()).toMatchObject({ ready: true, transitions: 1, availability: { ratio: 1 } });
});
