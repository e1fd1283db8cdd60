import { describe, expect, test } from 'vitest';
import { EventLog, type TraderEvent } from './event-log.ts';

const event = (atMs: number): TraderEvent => ({
  type: 'health',
  component: null,
  from: 'healthy',
  to: 'unhealthy',
  reason: 'test',
  atMs,
});

function filled(count: number): EventLog {
  const log = new EventLog('run1');
  for (let i = 1; i <= count; i++) log.add(event(i));
  return log;
}

const times = (log: EventLog, since: string | null): readonly number[] | undefined =>
  log.since(since)?.events.map(({ atMs }) => atMs);

describe('EventLog.since', () => {
  test('gives everything that is kept to who has seen nothing', () => {
    expect(times(filled(3), null)).toEqual([1, 2, 3]);
    expect(new EventLog().since(null)).toEqual({ events: [], missed: 0 });
  });

  test('goes on behind the id, up to nothing', () => {
    expect(times(filled(5), 'run1-3')).toEqual([4, 5]);
    expect(times(filled(5), 'run1-5')).toEqual([]);
  });

  test('keeps 200, and says how many a late reader has missed', () => {
    const log = filled(250);
    expect(times(log, null)).toEqual(Array.from({ length: 200 }, (_, i) => i + 51));
    expect(log.since('run1-20')).toMatchObject({ missed: 30, events: { length: 200 } });
    expect(log.since('run1-50')).toMatchObject({ missed: 0, events: { length: 200 } });
    expect(log.since('run1-249')).toMatchObject({ missed: 0, events: { length: 1 } });
  });

  test('gives all it has for an id of another process, or of none yet, and does not know what was missed', () => {
    for (const id of ['run0-2', 'run1-9'])
      expect(filled(3).since(id)).toMatchObject({ missed: null, events: { length: 3 } });
  });

  test.each(['', '3', 'run1-', 'run1-x', '-1', 'RUN1-1', 'run1-1e3', `run1-${'9'.repeat(16)}`])('knows no %j', (id) => {
    expect(filled(3).since(id)).toBeUndefined();
  });
});

test('EventLog numbers events and tells listeners, until they leave', () => {
  const log = new EventLog('run1');
  const heard: string[] = [];
  const leave = log.on(({ id }) => heard.push(id));
  log.add(event(1));
  log.add(event(2));
  leave();
  log.add(event(3));
  expect(heard).toEqual(['run1-1', 'run1-2']);
});
