import { expect, test } from 'vitest';
import { EventLog } from '../event-log.ts';
import { createLog } from '../log/log.ts';
import type { CoordinatorTransition } from './step.ts';
import { TransitionLog } from './transitions.ts';

const counted = (deltas: number) => ({
  messages: deltas,
  snapshots: 0,
  deltas,
  trades: 0,
  raw: 0,
  facts: 0,
  gaps: 0,
  shed: 0,
});
const quiet = { lastedMs: 5, unhealthy: [], kind: null, outageMs: null, sessionClosed: null, sessionOpened: null };
const recovered = { ...quiet, from: 'error', to: 'ready', cause: 'the feed is live', kind: 'recovery' } as const;

function told(transition: CoordinatorTransition): string {
  const lines: string[] = [];
  const log = createLog('info', { destination: { write: (line) => void lines.push(line) } });
  new TransitionLog(new EventLog(), log, () => ({ counters: counted(7), lifetime: counted(70) })).add(transition);
  const { level, msg } = JSON.parse(lines[0]!) as { readonly level: string; readonly msg: string };
  return `${level} ${msg}`;
}

test('leaving ready is a warning, but for a stop', () => {
  expect(told({ ...quiet, from: 'ready', to: 'error', cause: 'DISCONNECTED' })).toBe(
    'warn ready → error: DISCONNECTED',
  );
  expect(told({ ...quiet, from: 'ready', to: 'shutdown', cause: 'SIGTERM' })).toBe('info ready → shutdown: SIGTERM');
});

test('a recovery says how long it took and what it kept', () => {
  const total = 'in all sessions 70 messages, 0 snapshots, 70 deltas, 0 trades, 0 gaps';
  expect(told({ ...recovered, outageMs: 1_250, sessionOpened: 'b', sessionClosed: 'a' })).toBe(
    `info error → ready: the feed is live; after 1.25 s; session b follows a; ${total}`,
  );
  expect(told({ ...recovered, outageMs: 300 })).toBe(
    `info error → ready: the feed is live; after 0.3 s; its session goes on, with 7 messages, 0 snapshots, 7 deltas, 0 trades, 0 gaps; ${total}`,
  );
});

test('the first start says what there was before', () => {
  const first = { ...recovered, kind: 'first-start', sessionOpened: 'a' } as const;
  expect(told(first)).toMatch(/^info error → ready: the feed is live; in all sessions 70 messages/);
});
