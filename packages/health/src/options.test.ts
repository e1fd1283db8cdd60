import { describe, expect, test } from 'vitest';
import { createHealthTracker, type HealthTrackerOptions } from './index.ts';

const feed = (options: object) => ({ components: { feed: { critical: true, ...options } } });

describe('wrong options are refused at once, with the value', () => {
  test.each([
    [{ components: {} }, TypeError, 'none of the components is critical, got '],
    [feed({ critical: false }), TypeError, 'none of the components is critical, got feed'],
    [{ components: { feed: {} } }, TypeError, 'components.feed.critical must be true or false, got undefined'],
    [
      feed({ unhealthyAfterMs: -1 }),
      RangeError,
      'components.feed.unhealthyAfterMs must be a finite number from 0, got -1',
    ],
    [feed({ healthyAfterMs: '5' }), TypeError, 'components.feed.healthyAfterMs must be a finite number from 0, got 5'],
    [feed({ healthyAfterMs: Infinity }), RangeError, 'healthyAfterMs must be a finite number from 0, got Infinity'],
    [feed({ healthyAfterCount: 0 }), RangeError, 'healthyAfterCount must be a finite number from 1, got 0'],
    [feed({ unhealthyAfterMs: Number.NaN }), RangeError, 'got NaN'],
    [feed({ silentAfterMs: 0 }), RangeError, 'silentAfterMs must be a finite number from 1, got 0'],
    [
      feed({ holdDown: { baseMs: 0 } }),
      RangeError,
      'components.feed.holdDown.baseMs must be a finite number from 1, got 0',
    ],
    [
      feed({ holdDown: { factor: 0.5 } }),
      RangeError,
      'components.feed.holdDown.factor must be a finite number from 1, got 0.5',
    ],
    [feed({ dependsOn: ['socket'] }), TypeError, 'components.feed.dependsOn must be declared before it, got socket'],
    [feed({ dependsOn: ['feed'] }), TypeError, 'components.feed.dependsOn must be declared before it, got feed'],
    [{ ...feed({}), startupGraceMs: -5 }, RangeError, 'startupGraceMs must be a finite number from 0, got -5'],
    [{ ...feed({}), historyLimit: -1 }, RangeError, 'historyLimit must be a finite number from 0, got -1'],
    [
      { ...feed({}), availabilityWindowMs: 0 },
      RangeError,
      'availabilityWindowMs must be a finite number from 1, got 0',
    ],
  ])('%o', (options, kind, message) => {
    const create = () => createHealthTracker(options as unknown as HealthTrackerOptions);
    expect(create).toThrow(kind);
    expect(create).toThrow(message);
  });
});

test('accepts Infinity where it means never', () => {
  expect(() => createHealthTracker(feed({ silentAfterMs: Infinity, fatalAfterMs: Infinity }))).not.toThrow();
});

test('is not affected by what happens to the options afterwards', () => {
  const dependsOn = ['socket' as const];
  const tracker = createHealthTracker({
    components: { socket: { critical: true }, feed: { critical: true, dependsOn } },
  });
  dependsOn.push('gone' as 'socket');
  expect(() => tracker.snapshot()).not.toThrow();
});
