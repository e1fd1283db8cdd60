import { expect, test } from 'vitest';
import { EventLog, type TraderEvent } from './event-log.ts';

test('a listener that throws keeps neither the event from the log nor the other listeners from it, and is counted', () => {
  const log = new EventLog();
  const heard: string[] = [];
  log.on(() => {
    throw new Error('busy');
  });
  log.on(({ id }) => void heard.push(id));
  const event = { type: 'health', component: null, from: 'healthy', to: 'degraded', reason: 'x', atMs: 0 } as const;
  log.add(event satisfies TraderEvent);
  log.add(event);
  expect([heard.length, log.since(null)?.events.length, log.listenerFailures]).toEqual([2, 2, 2]);
});
