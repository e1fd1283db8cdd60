import type { OrderbookClient, OrderbookEvent } from '@trader/orderbook-client';
import type { RecordingSession, StoreRecord } from '@trader/session-store';
import { expect, test } from 'vitest';
import { Recorder } from './recorder.ts';

const MANY = 250_000;

function setUp() {
  const listeners = new Map<string, (event: never) => void>();
  const said: string[] = [];
  let epoch = 1;
  const client = {
    on: (type: string, listener: (event: never) => void) => void listeners.set(type, listener),
    pause: () => void said.push('pause'),
    resume: () => void said.push('resume'),
    barrier: async () => undefined,
    status: () => ({ epoch, connections: [{ epoch }] }),
  } as unknown as OrderbookClient;
  const emit = (event: Partial<OrderbookEvent>) => listeners.get(event.type!)?.(event as never);
  const book = { sid: 1, market: 'KXA' } as const;
  const delta = (seq: number) => {
    const change = { side: 'yes', price: 4200, delta: 100, exchangeAtMs: null } as const;
    emit({ type: 'delta', epoch, seq, ...book, ...change, receivedAtMs: 5_000 + seq });
  };
  const recorder = new Recorder(client, (_session, error) => expect.unreachable(String(error)));
  const deltas = (from: number, to: number) => {
    for (let seq = from; seq <= to; seq++) delta(seq);
  };
  const connect = () => void epoch++;
  return { recorder, deltas, connect, said };
}

function sessionBehind(endedAtMs: number | null) {
  const taken: StoreRecord[] = [];
  const predecessor = endedAtMs === null ? null : { id: 'theirs', endedAtMs };
  const append = (record: StoreRecord) => {
    taken.push(record);
    return 'taken';
  };
  const ended = new Promise(() => undefined);
  return { taken, session: { id: 's2', append, predecessor, ended } as unknown as RecordingSession };
}

test('a recorder that stands by lets go what waits and what comes, counts it as that, and reads on', () => {
  const { recorder, deltas, said } = setUp();
  deltas(1, 100_000);
  expect(recorder.counters).toMatchObject({ waiting: 100_000, reading: 'paused' });
  recorder.standBy();
  deltas(100_001, MANY);
  expect(recorder.counters).toMatchObject({ waiting: 0, letGo: MANY, unrecorded: 0, refused: 0, pauses: 1 });
  expect(said).toEqual(['pause', 'resume']);
});

test('whoever takes over begins with new connections, behind a row of the ledger for the time between', () => {
  const { recorder, deltas, connect } = setUp();
  recorder.standBy();
  deltas(1, 10);
  const { session, taken } = sessionBehind(4_000);
  recorder.attach(session);
  deltas(11, 20);
  expect(taken).toEqual([]);
  connect();
  deltas(1, 2);
  // Of the connection that was let go: in the time of its own it would take the first snapshot with it.
  const hole = { kind: 'gap', epoch: 1, sid: null, market: null, cause: 'takeover', fromAtMs: 4_000, toAtMs: 5_001 };
  expect(taken).toMatchObject([hole, { kind: 'delta', epoch: 2, seq: 1 }, { kind: 'delta', epoch: 2, seq: 2 }]);
  expect(recorder.counters).toMatchObject({ letGo: 20, unrecorded: 0 });
});

test('a takeover that ends before anything came names the time until then, and one from nobody names none', () => {
  const { recorder } = setUp();
  recorder.standBy();
  const first = sessionBehind(4_000);
  recorder.attach(first.session);
  recorder.detach();
  expect(first.taken).toMatchObject([{ kind: 'gap', cause: 'takeover', fromAtMs: 4_000 }]);
  recorder.standBy();
  const second = sessionBehind(null);
  recorder.attach(second.session);
  recorder.detach();
  expect(second.taken).toEqual([]);
});

test('a predecessor whose clock is ahead makes no hole that ends before it begins', () => {
  const { recorder, deltas, connect } = setUp();
  recorder.standBy();
  const { session, taken } = sessionBehind(9_000);
  recorder.attach(session);
  connect();
  deltas(1, 1);
  expect(taken[0]).toMatchObject({ cause: 'takeover', fromAtMs: 5_001, toAtMs: 5_001 });
});
