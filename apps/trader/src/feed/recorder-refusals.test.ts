// One record that cannot be stored: it is a hole with a name, and the session and all other records go on.
import type { OrderbookClient } from '@trader/orderbook-client';
import { SessionStoreError, type RecordingSession, type StoreRecord } from '@trader/session-store';
import { expect, test } from 'vitest';
import { Recorder } from './recorder.ts';

function recording(refuses: (record: StoreRecord) => unknown) {
  const listeners = new Map<string, (event: object) => void>();
  const client = {
    on: (type: string, listener: (event: object) => void) => void listeners.set(type, listener),
    pause: () => undefined,
    resume: () => undefined,
    status: () => ({ epoch: 1, connections: [{ epoch: 1 }] }),
  } as unknown as OrderbookClient;
  const taken: StoreRecord[] = [];
  const session = {
    id: 's1',
    append: (record: StoreRecord) => {
      const error = refuses(record);
      if (error) throw error;
      taken.push(record);
      return 'taken';
    },
    ended: new Promise(() => undefined),
  } as unknown as RecordingSession;
  const failures: unknown[] = [];
  const refused: string[] = [];
  const recorder = new Recorder(
    client,
    (_session, error) => failures.push(error),
    (what, error) => refused.push(`${what}: ${(error as Error).message}`),
  );
  const tell = (event: object): void =>
    listeners.get('delta')!(Object.defineProperties({ ...DELTA }, Object.getOwnPropertyDescriptors(event)));
  return { recorder, session, taken, failures, refused, tell };
}

const DELTA = { type: 'delta', epoch: 1, sid: 1, market: 'KXA', side: 'yes', price: 1, delta: 1, exchangeAtMs: null };
const isSecond = (record: StoreRecord): boolean => record.kind === 'delta' && record.seq === 2;

test.each([
  ['the store says so', new SessionStoreError('RECORD_INVALID', 'price is 0.5')],
  ['it makes the store stumble', new TypeError('price is 0.5')],
])('is left out when %s', (_why, error) => {
  const { recorder, session, taken, failures, refused, tell } = recording((record) => isSecond(record) && error);
  for (const seq of [1, 2]) tell({ seq, receivedAtMs: seq });
  // Also among those that waited for the session.
  recorder.attach(session);
  tell({ seq: 3, receivedAtMs: 3 });
  expect(taken).toMatchObject([
    { kind: 'delta', seq: 1 },
    { kind: 'gap', epoch: 1, sid: 1, firstSeq: 2, lastSeq: 2, fromAtMs: 2, toAtMs: 2, cause: 'refused', market: 'KXA' },
    { kind: 'delta', seq: 3 },
  ]);
  expect([failures, refused, recorder.counters.refused]).toEqual([[], ['a delta record of KXA: price is 0.5'], 1]);
});

test('is left out when it cannot be made of its event', () => {
  const { recorder, session, taken, failures, refused, tell } = recording(() => null);
  recorder.attach(session);
  tell({ seq: 1, receivedAtMs: 1 });
  tell({
    seq: 2,
    receivedAtMs: 2,
    get price() {
      throw new Error('no price');
    },
  });
  tell({ seq: 3, receivedAtMs: 3 });
  expect(taken).toMatchObject([{ seq: 1 }, { kind: 'gap', firstSeq: 2, lastSeq: 2, cause: 'refused' }, { seq: 3 }]);
  expect([failures, refused, recorder.counters.refused]).toEqual([[], ['a delta record of KXA: no price'], 1]);
});

test('is a hole of every market where its own cannot be named', () => {
  const { recorder, session, taken, failures, tell } = recording((record) =>
    isSecond(record) || (record.kind === 'gap' && record.market === 'KXA')
      ? new SessionStoreError('RECORD_INVALID', 'market is too long')
      : null,
  );
  recorder.attach(session);
  for (const seq of [1, 2, 3]) tell({ seq, receivedAtMs: seq });
  expect(taken).toMatchObject([{ seq: 1 }, { kind: 'gap', firstSeq: 2, lastSeq: 2, market: null }, { seq: 3 }]);
  expect([failures, recorder.counters.refused]).toEqual([[], 1]);
});

test('whose hole cannot be named either is counted twice, and ends nothing', () => {
  const { recorder, session, taken, failures, tell } = recording((record) =>
    record.kind === 'gap' || isSecond(record) ? new SessionStoreError('RECORD_INVALID', 'no') : null,
  );
  recorder.attach(session);
  for (const seq of [1, 2, 3]) tell({ seq, receivedAtMs: seq });
  expect(taken.map((record) => record.kind === 'delta' && record.seq)).toEqual([1, 3]);
  expect([failures, recorder.counters.refused]).toEqual([[], 2]);
});

test('a session that is over is not mistaken for a record that is odd', () => {
  const fenced = new SessionStoreError('SESSION_FENCED', 'gone');
  const { recorder, session, failures, refused, tell } = recording(() => fenced);
  recorder.attach(session);
  tell({ seq: 1, receivedAtMs: 1 });
  expect([failures, refused, recorder.counters.unrecorded]).toEqual([[fenced], [], 1]);
});
