import type { OrderbookClient, OrderbookEvent } from '@trader/orderbook-client';
import { SessionStoreError, type RecordingSession, type SessionEnding, type StoreRecord } from '@trader/session-store';
import { describe, expect, test } from 'vitest';
import { Recorder } from './recorder.ts';

/** A client that says what it is told to. */
function fakeClient() {
  const listeners = new Map<string, ((event: never) => void)[]>();
  const said: string[] = [];
  const questions: PromiseWithResolvers<void>[] = [];
  let epoch = 1;
  const client = {
    on: (type: string, listener: (event: never) => void) =>
      void listeners.set(type, [...(listeners.get(type) ?? []), listener]),
    pause: () => void said.push('pause'),
    resume: () => void said.push('resume'),
    barrier: () => {
      const question = Promise.withResolvers<void>();
      questions.push(question);
      return question.promise;
    },
    status: () => ({ epoch, connections: [{ epoch }] }),
  } as unknown as OrderbookClient;
  const emit = (event: Partial<OrderbookEvent>) => {
    for (const listener of listeners.get(event.type!) ?? []) listener(event as never);
  };
  return {
    client,
    said,
    questions,
    lose: () => {
      const gap = {
        channel: 'orderbook_delta',
        sid: 1,
        firstSeq: 9,
        lastSeq: null,
        toAtMs: null,
        market: null,
      } as const;
      emit({ type: 'gap', epoch, cause: 'disconnected', fromAtMs: Date.now(), ...gap });
    },
    begin: (next: number) => {
      epoch = next;
      emit({ type: 'status', from: 'connecting', to: 'subscribing', atMs: 0 });
    },
    delta: (seq: number) =>
      emit({
        type: 'delta',
        epoch,
        sid: 1,
        seq,
        market: 'KXA',
        side: 'yes',
        price: 4200,
        delta: 100,
        receivedAtMs: seq,
      }),
  };
}

/** A session that keeps what it takes; `refuses` throws instead. It is full while `room` is there to be waited for. */
function fakeSession({
  refuses = () => null,
  room,
}: { refuses?: (record: StoreRecord) => Error | null; room?: Promise<void> } = {}) {
  const taken: StoreRecord[] = [];
  let isFull = room !== undefined;
  void room?.then(() => (isFull = false));
  const session = {
    id: 's1',
    append: (record: StoreRecord) => {
      const error = refuses(record);
      if (error) throw error;
      taken.push(record);
      return isFull ? 'full' : 'taken';
    },
    drained: () => room ?? Promise.resolve(),
    ended: new Promise<SessionEnding>(() => undefined),
  } as unknown as RecordingSession;
  return { session, taken };
}

const setUp = () => {
  const feed = fakeClient();
  const failures: unknown[] = [];
  return { feed, failures, recorder: new Recorder(feed.client, (_session, error) => failures.push(error)) };
};

describe('between two sessions', () => {
  test('keeps what a new connection sends, from its first number on', () => {
    const { feed, recorder } = setUp();
    feed.begin(1);
    for (const seq of [1, 2, 3]) feed.delta(seq);
    expect(recorder.isFresh).toBe(true);
    const { session, taken } = fakeSession();
    recorder.attach(session);
    feed.delta(4);
    expect(taken.map((record) => record.kind === 'delta' && record.seq)).toEqual([1, 2, 3, 4]);
  });

  test('keeps nothing of a connection that an earlier session has, and says that it is not fresh', () => {
    const { feed, recorder } = setUp();
    feed.begin(1);
    recorder.attach(fakeSession().session);
    recorder.detach();
    feed.delta(9);
    expect(recorder.isFresh).toBe(false);
    expect(recorder.counters).toMatchObject({ waiting: 0, unrecorded: 1 });
    feed.begin(2);
    feed.delta(1);
    expect(recorder.isFresh).toBe(true);
    expect(recorder.counters).toMatchObject({ waiting: 1, unrecorded: 1 });
  });

  test('forgets an ended connection, and reads on where it had paused: the feed would never become live otherwise', () => {
    const { feed, recorder } = setUp();
    feed.begin(1);
    for (let seq = 1; seq <= 100_000; seq++) feed.delta(seq);
    expect(feed.said.at(-1)).toBe('pause');
    feed.begin(2);
    expect(feed.said.at(-1)).toBe('resume');
    expect(recorder.counters).toMatchObject({ waiting: 0, unrecorded: 100_000 });
  });
});

describe('a feed that is not read', () => {
  async function behind() {
    const { feed, recorder } = setUp();
    const room = Promise.withResolvers<void>();
    const { session, taken } = fakeSession({ room: room.promise });
    feed.begin(1);
    recorder.attach(session);
    const pausedAtMs = Date.now();
    feed.delta(1);
    const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));
    return { feed, recorder, taken, room, pausedAtMs, turn };
  }
  const holes = (taken: readonly StoreRecord[]) =>
    taken.flatMap((record) => (record.kind === 'gap' && record.cause === 'paused' ? [record] : []));

  test('says so until what had been waiting is read; nothing is missing then', async () => {
    const { feed, recorder, taken, room, turn } = await behind();
    expect(recorder.counters).toMatchObject({ reading: 'paused', unreadCause: 'STORE_BEHIND', pauses: 1 });
    room.resolve();
    await turn();
    expect(recorder.counters.reading).toBe('catching-up');
    feed.questions[0]!.resolve();
    await turn();
    expect(recorder.counters.reading).toBe('read');
    feed.lose();
    expect(holes(taken)).toEqual([]);
  });

  test('and is lost before its end was read is a hole from when reading stopped, also after it went on', async () => {
    const { feed, taken, room, pausedAtMs, turn } = await behind();
    room.resolve();
    await turn();
    feed.delta(2);
    feed.lose();
    feed.lose();
    const [hole] = holes(taken);
    expect(holes(taken)).toHaveLength(1);
    expect(hole).toMatchObject({ epoch: 1, sid: null, firstSeq: null, lastSeq: null, market: null });
    expect(hole!.fromAtMs).toBeGreaterThanOrEqual(pausedAtMs);
    expect(hole!.fromAtMs).toBeLessThanOrEqual(hole!.toAtMs!);
    expect(hole!.toAtMs).toBeLessThanOrEqual(Date.now());
  });

  test('when the recording ends is such a hole, too', async () => {
    const { recorder, taken } = await behind();
    recorder.detach();
    expect(holes(taken)).toMatchObject([{ epoch: 1, cause: 'paused' }]);
  });
});

describe('a record that is not taken', () => {
  const invalid = new SessionStoreError('RECORD_INVALID', 'no');

  test('because it can never be stored is a hole with a name, and the session goes on', () => {
    const { feed, failures, recorder } = setUp();
    const { session, taken } = fakeSession({
      refuses: (record) => (record.kind === 'delta' && record.seq === 2 ? invalid : null),
    });
    recorder.attach(session);
    for (const seq of [1, 2, 3]) feed.delta(seq);
    expect(taken[1]).toMatchObject({ kind: 'gap', epoch: 1, sid: 1, firstSeq: 2, lastSeq: 2, cause: 'refused' });
    expect(taken).toHaveLength(3);
    expect(recorder.counters).toMatchObject({ refused: 1, unrecorded: 0 });
    expect(failures).toEqual([]);
  });

  test('because the session is over is reported', () => {
    const fenced = new SessionStoreError('SESSION_FENCED', 'taken away');
    const { feed, failures, recorder } = setUp();
    recorder.attach(fakeSession({ refuses: () => fenced }).session);
    feed.delta(1);
    expect(failures).toEqual([fenced]);
    expect(recorder.counters).toMatchObject({ unrecorded: 1 });
  });

  test('because the session is over is found out on a quiet day, too', async () => {
    const { failures, recorder } = setUp();
    const error = new SessionStoreError('SESSION_FENCED', 'taken away');
    const ended = Promise.resolve({ row: null, error });
    recorder.attach({ ...fakeSession().session, ended });
    await ended;
    expect(failures).toEqual([error]);
  });
});
