import { expect, test } from 'vitest';
import { EventLog, type TraderEvent } from '../../event-log.ts';
import { StateTimes } from './state-times.ts';

test('StateTimes sums up every stay, the present one included, on a clock that never goes back', () => {
  let nowMs = 1_000;
  const events = new EventLog();
  const times = new StateTimes('startup', events, () => nowMs);
  const move = (from: 'startup' | 'ready' | 'error', to: 'ready' | 'error') => {
    // The wall clock, in the event, is set back each time.
    events.add({ type: 'state', from, to, cause: 'test', atMs: -nowMs, lastedMs: -10 } as TraderEvent);
  };
  nowMs = 1_500;
  expect([times.spentMs('startup'), times.entered('startup'), times.spentMs('ready')]).toEqual([500, 1, 0]);
  nowMs = 2_000;
  move('startup', 'ready');
  for (let i = 0; i < 300; i++) {
    nowMs += 10;
    move('ready', 'error');
    nowMs += 5;
    move('error', 'ready');
  }
  nowMs += 7;
  expect([times.spentMs('startup'), times.spentMs('ready'), times.spentMs('error')]).toEqual([1_000, 3_007, 1_500]);
  expect([times.entered('ready'), times.entered('error')]).toEqual([301, 300]);
});
