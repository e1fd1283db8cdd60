import { expect, test } from 'vitest';
import { MetricRegistry } from './metric-registry.ts';

const samples = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const fails = (): never => {
  throw new Error('not now');
};

test('a metric that cannot be read has no sample, the others have theirs, and it is counted', async () => {
  const metrics = new MetricRegistry<null>();
  metrics.counter('a_total', 'A.', fails);
  metrics.counterBy('b_total', 'B.', 'kind', fails);
  metrics.gauge('c', 'C.', fails);
  metrics.stateSet('d', 'D.', 'state', ['on', 'off'], fails);
  metrics.gauge('e', 'E.', () => 5);
  metrics.countUnreadable('unreadable_total', 'Unreadable.');
  expect(samples(await metrics.text(null))).toEqual([
    'e 5',
    ...['a_total', 'b_total', 'c', 'd'].map((metric) => `unreadable_total{metric="${metric}"} 1`),
  ]);
  expect(await metrics.text(null)).toMatch(/^unreadable_total\{metric="a_total"\} 2$/m);
});

test.each([Number.NaN, -1, undefined, 'three', null])('a total of %s costs that sample and no other', async (odd) => {
  const metrics = new MetricRegistry<null>();
  metrics.counterBy('a_total', 'A.', 'kind', () => [
    ['one', 1],
    ['odd', odd as number],
    ['two', 2],
  ]);
  metrics.counter('b_total', 'B.', () => odd as number);
  metrics.countUnreadable('unreadable_total', 'Unreadable.');
  expect(samples(await metrics.text(null))).toEqual([
    'a_total{kind="one"} 1',
    'a_total{kind="two"} 2',
    'unreadable_total{metric="a_total"} 1',
    'unreadable_total{metric="b_total"} 1',
  ]);
});

test('a gauge with one odd sample keeps the others', async () => {
  const metrics = new MetricRegistry<null>();
  metrics.gaugeBy('a', 'A.', ['kind'], () => [
    { labels: { kind: 'one' }, number: 1 },
    { labels: { kind: 'odd' }, number: 'x' as unknown as number },
    { labels: { unknown: 'label' }, number: 1 },
    { labels: { kind: 'two' }, number: 2 },
  ]);
  metrics.countUnreadable('unreadable_total', 'Unreadable.');
  expect(samples(await metrics.text(null))).toEqual([
    'a{kind="one"} 1',
    'a{kind="two"} 2',
    'unreadable_total{metric="a"} 2',
  ]);
});
