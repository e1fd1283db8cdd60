import { expect, test } from 'vitest';
import { ManualRuntime } from './manual-runtime.ts';

test('fires due timers in order, each at its own moment', () => {
  const runtime = new ManualRuntime({ startMs: 0 });
  const fired: [string, number][] = [];
  runtime.setTimer(20, () => fired.push(['late', runtime.monotonicMs()]));
  runtime.setTimer(10, () => {
    fired.push(['early', runtime.monotonicMs()]);
    runtime.setTimer(5, () => fired.push(['nested', runtime.monotonicMs()]));
  });
  const cancel = runtime.setTimer(1, () => fired.push(['cancelled', 0]));
  cancel();
  runtime.advance(19);
  expect(fired).toEqual([
    ['early', 10],
    ['nested', 15],
  ]);
  runtime.advance(1);
  expect(fired.at(-1)).toEqual(['late', 20]);
  expect(runtime.armedTimers).toBe(0);
});
