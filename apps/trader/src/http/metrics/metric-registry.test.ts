import { describe, expect, test } from 'vitest';
import { MetricRegistry } from './metric-registry.ts';

type View = { readonly total: number; readonly known: number | null; readonly state: string };

function registry(): MetricRegistry<View> {
  const metrics = new MetricRegistry<View>();
  metrics.counter('a_total', 'A.', ({ total }) => total);
  metrics.counterBy('b_total', 'B.', 'kind', ({ total }) => [['x', total]]);
  metrics.gauge('c_seconds', 'C.', ({ known }) => known);
  metrics.stateSet('d', 'D.', 'state', ['on', 'off'], ({ state }) => state);
  return metrics;
}

const samples = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('MetricRegistry', () => {
  test('reads every metric off the view of the scrape, and keeps nothing of the one before', async () => {
    const metrics = registry();
    await metrics.text({ total: 7, known: 2, state: 'off' });
    const text = await metrics.text({ total: 9, known: 3, state: 'on' });
    expect(samples(text)).toEqual([
      'a_total 9',
      'b_total{kind="x"} 9',
      'c_seconds 3',
      'd{state="on"} 1',
      'd{state="off"} 0',
    ]);
  });

  test('gives no sample for what nobody knows, but still the metric’s name', async () => {
    const text = await registry().text({ total: 0, known: null, state: 'gone' });
    expect(text).toContain('# TYPE c_seconds gauge');
    expect(samples(text)).toEqual(['a_total 0', 'b_total{kind="x"} 0', 'd{state="on"} 0', 'd{state="off"} 0']);
  });

  test('starts a total again where what it is read from did', async () => {
    const metrics = registry();
    await metrics.text({ total: 7, known: 0, state: 'on' });
    expect(await metrics.text({ total: 1, known: 0, state: 'on' })).toContain('\na_total 1\n');
  });

  test('takes what lies below zero into a histogram', async () => {
    const metrics = new MetricRegistry<null>();
    const delay = metrics.histogram('delay_seconds', 'Delay.', [-2, 0, 1]);
    for (const seconds of [-5, -0.5, 0.5, 5]) delay.observe(seconds);
    expect(samples(await metrics.text(null))).toEqual([
      'delay_seconds_bucket{le="-2"} 1',
      'delay_seconds_bucket{le="0"} 2',
      'delay_seconds_bucket{le="1"} 3',
      'delay_seconds_bucket{le="+Inf"} 4',
      'delay_seconds_sum 0',
      'delay_seconds_count 4',
    ]);
    expect(() => metrics.histogram('other_seconds', 'Other.', [-1, 0])).toThrow(RangeError);
  });
});
