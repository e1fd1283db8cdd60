import { setTimeout } from 'node:timers/promises';
import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import type { FeedPhase, OrderbookEvent } from '../src/index.ts';
import type { DeltaRecord, FeedRecord, GapRecord, RawRecord, SnapshotRecord, TradeRecord } from '../src/records.ts';
import { createReplayClient, type ReplayClientOptions } from '../src/replay/index.ts';

const [A, B] = ['KXTEST-26NOV22-A', 'KXTEST-26NOV22-B'] as const;
const START_MS = 1_800_000_000_000;

type Numbers = { readonly epoch?: number; readonly sid?: number; readonly atMs?: number };

const at = (seq: number, market: string, { epoch = 1, sid = 1, atMs = seq }: Numbers) => ({
  epoch,
  sid,
  seq,
  market,
  receivedAtMs: START_MS + atMs,
});
const snapshot = (seq: number, market: string = A, numbers: Numbers = {}): SnapshotRecord => ({
  kind: 'snapshot',
  ...at(seq, market, numbers),
  yes: [[4000, 1000]],
  no: [[5500, 500]],
});
const delta = (seq: number, market: string = A, numbers: Numbers = {}): DeltaRecord => ({
  kind: 'delta',
  ...at(seq, market, numbers),
  side: 'yes',
  price: 4100,
  delta: 100,
  exchangeAtMs: null,
});
const trade = (seq: number, atMs: number, market: string = A): TradeRecord => ({
  kind: 'trade',
  ...at(seq, market, { sid: 2, atMs }),
  tradeId: `t${seq}`,
  yesPrice: 4000,
  size: 100,
  takerSide: 'no',
  isBlockTrade: false,
  exchangeAtMs: START_MS + atMs,
});
const gap = (of: Partial<GapRecord> & { readonly fromMs: number; readonly toMs?: number }): GapRecord => {
  const { fromMs, toMs, ...rest } = of;
  const numbers = { epoch: 1, sid: null, firstSeq: null, lastSeq: null };
  return {
    kind: 'gap',
    ...numbers,
    fromAtMs: START_MS + fromMs,
    toAtMs: toMs === undefined ? null : START_MS + toMs,
    cause: 'sequence',
    ...rest,
  };
};
const raw = (seq: number | null, frame: object, atMs: number): RawRecord => ({
  kind: 'raw',
  epoch: 1,
  sid: 1,
  seq,
  receivedAtMs: START_MS + atMs,
  text: JSON.stringify({ sid: 1, ...(seq !== null && { seq }), ...frame }),
});

/** Every event with its type, market and the state of both books after it. */
async function replayed(source: ReplayClientOptions['source'], options: Partial<ReplayClientOptions> = {}) {
  const client = createReplayClient({ source, ...options });
  const seen: unknown[] = [];
  const events: OrderbookEvent[] = [];
  for (const type of [
    'snapshot',
    'delta',
    'trade',
    'gap',
    'stale',
    'verified',
    'problem',
    'control',
    'status',
  ] as const) {
    client.on(type, (event) => {
      events.push(event);
      if (type !== 'status') seen.push([type, stateOf(client.book(A)), stateOf(client.book(B))]);
    });
  }
  client.start();
  await client.finished;
  return { client, seen, events };
}

const stateOf = (book: { readonly synced: boolean; readonly staleReason: string | null } | undefined) =>
  book === undefined ? null : book.synced ? 'synced' : book.staleReason;

describe('books are stale where they were', () => {
  test('a hole is told when it was seen, and its books are stale from there to their next snapshots', async () => {
    const hole = gap({ sid: 1, firstSeq: 4, lastSeq: 5, fromMs: 3, toMs: 20 });
    const records = [
      snapshot(1),
      snapshot(2, B),
      delta(3),
      hole,
      trade(1, 10),
      delta(6, A, { atMs: 20 }),
      snapshot(7, A, { atMs: 21 }),
    ];
    const { seen } = await replayed(records);
    expect(seen).toEqual([
      ['snapshot', 'synced', null],
      ['snapshot', 'synced', 'synced'],
      ['delta', 'synced', 'synced'],
      ['trade', 'synced', 'synced'],
      ['gap', 'gap', 'gap'],
      ['stale', 'gap', 'gap'],
      ['delta', 'gap', 'gap'],
      ['snapshot', 'synced', 'gap'],
    ]);
  });

  test('a hole of one market costs its neighbours nothing', async () => {
    const hole = gap({ sid: 1, firstSeq: 3, lastSeq: 3, fromMs: 2, toMs: 3, cause: 'violation', market: A });
    const { seen, client } = await replayed([snapshot(1), snapshot(2, B), hole, delta(4, B), delta(5)]);
    expect(seen.slice(2)).toEqual([
      ['gap', 'violation', 'synced'],
      ['stale', 'violation', 'synced'],
      ['delta', 'violation', 'synced'],
      ['delta', 'violation', 'synced'],
    ]);
    expect(client.status().counters).toMatchObject({ gaps: 1, deltas: 2, unapplied: 1, snapshots: 2 });
  });

  test('a book that came within a time in which something was missed is not believed', async () => {
    const hole = gap({ fromMs: 2, toMs: 10, cause: 'paused' });
    const records = [
      snapshot(1),
      hole,
      snapshot(2, A, { atMs: 5 }),
      delta(3, A, { atMs: 11 }),
      snapshot(4, A, { atMs: 12 }),
    ];
    const { seen, events } = await replayed(records);
    expect(seen).toEqual([
      ['snapshot', 'synced', null],
      ['gap', 'gap', null],
      ['stale', 'gap', null],
      ['snapshot', 'gap', null],
      ['delta', 'gap', null],
      ['snapshot', 'synced', null],
    ]);
    expect(events.filter(({ type }) => type === 'gap')).toMatchObject([
      { sid: null, firstSeq: null, channel: null, cause: 'paused' },
    ]);
  });

  test('a lost socket costs all of its books, whose next connection brings them back', async () => {
    const lost = { lastSeq: null, cause: 'disconnected' };
    const records = [
      snapshot(1),
      gap({ ...lost, sid: 1, firstSeq: 2, fromMs: 1 }),
      trade(1, 5),
      gap({ ...lost, sid: 2, firstSeq: 2, fromMs: 5 }),
      snapshot(1, A, { epoch: 2, atMs: 50 }),
    ];
    const { seen, events } = await replayed(records);
    expect(seen).toEqual(
      [
        ['snapshot', 'synced', null],
        ['trade', 'synced', null],
        ['gap', 'synced', null],
        ['gap', 'synced', null],
        ['stale', 'disconnected', null],
        ['snapshot', 'synced', null],
      ].map((row, index) => (index === 2 || index === 3 ? [row[0], 'disconnected', null] : row)),
    );
    const phases = events.flatMap((event) => (event.type === 'status' ? [event.to] : []));
    expect(phases).toEqual<FeedPhase[]>([
      'connecting',
      'subscribing',
      'live',
      'waiting',
      'connecting',
      'subscribing',
      'live',
      'closed',
    ]);
  });

  test('what the recorder took out of its subscription is not called synced any more', async () => {
    const ok = raw(3, { type: 'ok', id: 4, msg: { market_tickers: [B] } }, 3);
    const { seen, client } = await replayed([snapshot(1), snapshot(2, B), ok, delta(4, B)], { markets: [A, B] });
    expect(seen.slice(2)).toEqual([
      ['control', 'unwanted', 'synced'],
      ['stale', 'unwanted', 'synced'],
      ['delta', 'unwanted', 'synced'],
    ]);
    const all = await replayed([snapshot(1), snapshot(2, B), ok, delta(4, B), snapshot(5)]);
    expect(all.seen.slice(3)).toEqual([
      ['stale', null, 'synced'],
      ['delta', null, 'synced'],
      ['snapshot', 'synced', 'synced'],
    ]);
    expect(client.status()).toMatchObject({ wanted: 2, synced: 1 });
  });

  test('what one of two connections may have missed costs the other nothing, whose numbers do not show it', async () => {
    const two = { epoch: 2, atMs: 2 };
    const garbage: RawRecord = {
      kind: 'raw',
      epoch: 1,
      sid: null,
      seq: null,
      receivedAtMs: START_MS + 4,
      text: 'garbage',
    };
    const hole = gap({ sid: 1, firstSeq: 2, lastSeq: 2, fromMs: 1, toMs: 6 });
    const records = [
      snapshot(1),
      snapshot(1, B, two),
      garbage,
      hole,
      delta(2, B, { ...two, atMs: 5 }),
      delta(3, A, { atMs: 6 }),
    ];
    const { seen } = await replayed(records);
    expect(seen.slice(2)).toEqual([
      ['problem', 'violation', 'synced'],
      ['stale', 'violation', 'synced'],
      ['delta', 'violation', 'synced'],
      ['gap', 'gap', 'synced'],
      ['delta', 'gap', 'synced'],
    ]);
  });

  test('numbers that go back are no continuation, whatever stands between', async () => {
    const { seen, client, events } = await replayed([snapshot(1), delta(2), delta(3), delta(3), snapshot(4)]);
    expect(seen.slice(3)).toEqual([
      ['problem', 'gap', null],
      ['stale', 'gap', null],
      ['delta', 'gap', null],
      ['snapshot', 'synced', null],
    ]);
    expect(events.find(({ type }) => type === 'problem')).toMatchObject({ error: { code: 'SEQUENCE_RESET' } });
    expect(client.book(A)!.levels('yes')).toEqual([[4000, 1000]]);
  });

  test('a market that has moved to another connection waits for its snapshot there', async () => {
    const { seen } = await replayed([
      snapshot(1),
      delta(1, A, { epoch: 2, atMs: 5 }),
      snapshot(2, A, { epoch: 2, atMs: 6 }),
    ]);
    expect(seen).toEqual([
      ['snapshot', 'synced', null],
      ['stale', 'resubscribed', null],
      ['delta', 'resubscribed', null],
      ['gap', 'disconnected', null],
      ['snapshot', 'synced', null],
    ]);
  });

  test('what is no record may have been what shows a hole', async () => {
    const hole = gap({ sid: 1, firstSeq: 3, lastSeq: 3, fromMs: 2, toMs: 4, cause: 'violation', market: A });
    const { seen } = await replayed([snapshot(1), snapshot(2, B), hole, { ...delta(4, B), price: 4100.5 }]);
    expect(seen.slice(2)).toEqual([
      ['gap', 'violation', 'violation'],
      ['stale', 'violation', 'violation'],
      ['problem', 'violation', 'violation'],
      ['stale', 'violation', 'violation'],
    ]);
  });

  test.each([
    ['of a market', { ...delta(3), price: 4100.5 }, 'violation', 'synced'],
    ['µs of another ms', { ...delta(3), exchangeAtMs: 5, exchangeAtUs: 6000 }, 'violation', 'synced'],
    ['µs without ms', { ...delta(3), exchangeAtUs: 5000 }, 'violation', 'synced'],
    ['of nothing', null, 'violation', 'violation'],
    ['of another kind', { kind: 'candle', market: 'KXOTHER' }, 'violation', 'violation'],
  ])('what is no record is a problem, and costs what it may have been: %s', async (_, broken, ofA, ofB) => {
    const { seen, events, client } = await replayed([snapshot(1), snapshot(2, B), broken as FeedRecord, trade(1, 9)]);
    expect(seen.slice(2)).toEqual([
      ['problem', ofA, ofB],
      ['stale', ofA, ofB],
      ['trade', ofA, ofB],
    ]);
    expect(events.find(({ type }) => type === 'problem')).toMatchObject({ error: { code: 'RECORD_UNREADABLE' } });
    expect(client.status().counters.violations).toBe(1);
  });
});

describe('the time is the recording’s', () => {
  test('the clock stands at each record as it comes', async () => {
    const client = createReplayClient({ source: [snapshot(1), delta(2, A, { atMs: 5_000 })] });
    const times: [number, number][] = [];
    client.on('snapshot', ({ receivedAtMs }) => void times.push([client.nowMs(), receivedAtMs]));
    client.on('delta', ({ receivedAtMs }) => void times.push([client.nowMs(), receivedAtMs]));
    expect(client.nowMs()).toBe(0);
    client.start();
    await client.finished;
    expect(times).toEqual([
      [START_MS + 1, START_MS + 1],
      [START_MS + 5_000, START_MS + 5_000],
    ]);
  });

  test('a wait is over when the recording’s time is, before the record that comes later', async () => {
    const client = createReplayClient({ source: [snapshot(1), delta(2, A, { atMs: 60_000 })] });
    const said: string[] = [];
    client.on('delta', () => said.push('delta'));
    const wait = client
      .waitFor(({ type }) => type === 'trade', { timeoutMs: 30_000 })
      .catch(({ code }) => void said.push(String(code), String(client.nowMs() - START_MS)));
    client.start();
    await Promise.all([client.finished, wait]);
    expect(said).toEqual(['WAIT_TIMEOUT', '30001', 'delta']);
  });

  test('at a speed each record comes when its time has come, and not while it is paused', async () => {
    const runtime = new ManualRuntime();
    const source = [snapshot(1, A, { atMs: 0 }), delta(2, A, { atMs: 10_000 }), delta(3, A, { atMs: 20_000 })];
    const client = createReplayClient({ source, speed: 10, runtime });
    const seen: string[] = [];
    client.on('snapshot', ({ type }) => void seen.push(type));
    client.on('delta', ({ seq }) => void seen.push(`delta ${seq}`));
    const pass = async (ms: number): Promise<string[]> => {
      for (let part = 0; part < 20; part++) {
        runtime.advance(ms / 20);
        await setTimeout(0);
      }
      return seen;
    };
    client.start();
    expect(await pass(900)).toEqual(['snapshot']);
    expect(await pass(200)).toEqual(['snapshot', 'delta 2']);
    client.pause();
    expect(await pass(5_000)).toEqual(['snapshot', 'delta 2']);
    client.resume();
    expect(await pass(900)).toEqual(['snapshot', 'delta 2']);
    expect(await pass(300)).toEqual(['snapshot', 'delta 2', 'delta 3']);
    await client.finished;
    expect(runtime.armedTimers).toBe(0);
  });
});

const many = (length: number): FeedRecord[] => [snapshot(1), ...Array.from({ length }, (_, index) => delta(index + 2))];

describe('readers', () => {
  test.each(['error', 'pause'] as const)(
    'a slow loop sees each event with its book, and overflows nothing (%s)',
    async (overflow) => {
      const client = createReplayClient({ source: many(200) });
      const events = client.events({ types: ['delta'], maxQueued: 5, overflow });
      client.start();
      let number = 0;
      for await (const { seq } of events) {
        number++;
        if (number % 50 === 0) await setTimeout(1);
        expect([seq, client.book(A)!.sizeAt('yes', 4100)]).toEqual([number + 1, number * 100]);
      }
      expect(number).toBe(200);
    },
  );

  test('a loop over the top of a book sees each change', async () => {
    const client = createReplayClient({ source: many(100), markets: [A] });
    const tops: number[] = [];
    const watching = (async () => {
      for await (const { bidSize } of client.watchTop(A)) {
        tops.push(bidSize);
        if (bidSize % 2000 === 0) await setTimeout(1);
      }
    })();
    client.start();
    await Promise.all([watching, client.finished]);
    expect(tops).toEqual([1000, ...Array.from({ length: 100 }, (_, index) => (index + 1) * 100)]);
  });

  test('a loop that waits for an event within does not wait for itself', async () => {
    const hole = gap({ sid: 1, firstSeq: 3, lastSeq: 3, fromMs: 2, toMs: 4 });
    const client = createReplayClient({
      source: [snapshot(1), delta(2), hole, delta(4), delta(5), snapshot(6), delta(7)],
    });
    const said: unknown[] = [];
    const events = client.events({ types: ['stale', 'delta'] });
    client.start();
    await client.whenSynced();
    said.push(['synced', client.nowMs() - START_MS]);
    for await (const event of events) {
      if (event.type === 'stale') await client.whenSynced();
      said.push([event.type, client.nowMs() - START_MS]);
    }
    expect(said.slice(0, 3)).toEqual([
      ['synced', 1],
      ['delta', 2],
      ['stale', 6],
    ]);
    expect(said).toHaveLength(6);
  });

  test('whoever has waited goes on before the next record', async () => {
    const client = createReplayClient({ source: many(1_000) });
    client.start();
    await client.waitFor((event) => event.type === 'delta' && event.seq === 500);
    expect(client.book(A)!.sizeAt('yes', 4100)).toBe(49_900);
    await client.finished;
  });

  test('the same recording gives the same, however slow the reader and the source', async () => {
    const hole = gap({ sid: 1, firstSeq: 401, lastSeq: 402, fromMs: 400, toMs: 403 });
    const records = [...many(399), hole, ...many(700).slice(402), trade(1, 900)];
    const run = async (pause: () => Promise<unknown>): Promise<unknown[]> => {
      async function* source(): AsyncGenerator<FeedRecord> {
        for (const [index, record] of records.entries()) {
          if (index % 97 === 0) await pause();
          yield record;
        }
      }
      const client = createReplayClient({ source: source() });
      const events = client.events();
      client.start();
      const seen: unknown[] = [];
      for await (const event of events) {
        if (event.type !== 'snapshot' && seen.length % 101 === 0) await pause();
        seen.push([event, client.nowMs(), client.book(A)?.synced, client.book(A)?.checksum()]);
      }
      return seen;
    };
    const first = await run(() => Promise.resolve());
    expect(first.length).toBeGreaterThan(690);
    expect(await run(() => setTimeout(1))).toEqual(first);
  });
});

describe('the end', () => {
  test('ends loops and waits, and leaves the books as the recording did', async () => {
    const client = createReplayClient({ source: many(3) });
    const wait = client.waitFor(({ type }) => type === 'trade');
    const late = client.whenSynced(['KXNEVER']).catch(({ code }) => String(code));
    client.start();
    await expect(wait).rejects.toMatchObject({ code: 'CLOSED' });
    await client.finished;
    expect(await late).toBe('NOT_WANTED');
    expect(client.status()).toMatchObject({ phase: 'closed', epoch: 1, wanted: 1, synced: 1 });
    expect(client.book(A)).toMatchObject({ synced: true });
    await expect(client.barrier()).rejects.toMatchObject({ code: 'CLOSED' });
    await client.close();
    const after: unknown[] = [];
    for await (const event of client.events()) after.push(event);
    expect(after).toEqual([]);
  });

  test('a source that fails is told to everybody who waits, and its books are stale', async () => {
    async function* source(): AsyncGenerator<FeedRecord> {
      yield* many(2);
      throw new Error('the disk is gone');
    }
    const client = createReplayClient({ source: source() });
    const problems: string[] = [];
    client.on('problem', ({ error }) => void problems.push(error.code));
    const events = client.events({ types: ['delta'] });
    client.start();
    const failure = { code: 'REPLAY_SOURCE_FAILED', cause: new Error('the disk is gone') };
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const { seq } of events) seen.push(seq);
      })(),
    ).rejects.toMatchObject(failure);
    expect(seen).toEqual([2, 3]);
    await expect(client.finished).rejects.toMatchObject(failure);
    expect(problems).toEqual(['REPLAY_SOURCE_FAILED']);
    expect(client.book(A)).toMatchObject({ synced: false, staleReason: 'disconnected' });
  });

  test.each([
    ['cannot be read', { [Symbol.iterator]: () => ({}) }],
    [
      'throws at once',
      {
        [Symbol.asyncIterator]: () => {
          throw new Error('no');
        },
      },
    ],
  ])('a source that %s fails like any other', async (_, source) => {
    const client = createReplayClient({ source: source as never });
    client.on('problem', () => undefined);
    client.start();
    await expect(client.finished).rejects.toMatchObject({ code: 'REPLAY_SOURCE_FAILED' });
  });

  test('closing gives the source back, waits for nobody, and leaves no book synced', async () => {
    let isReturned = false;
    const source: AsyncIterable<FeedRecord> = {
      [Symbol.asyncIterator]() {
        const records = many(2).values();
        return {
          next: async () => {
            const { done, value } = records.next();
            return done ? new Promise<never>(() => undefined) : { done: false, value };
          },
          return: async () => {
            isReturned = true;
            return { done: true, value: undefined };
          },
        };
      },
    };
    const client = createReplayClient({ source });
    client.start();
    await client.waitFor((event) => event.type === 'delta' && event.seq === 3);
    await client.close();
    await client.finished;
    expect(isReturned).toBe(true);
    expect(client.book(A)).toMatchObject({ synced: false, staleReason: 'disconnected' });
    expect(client.status().phase).toBe('closed');
  });

  test('one that was never started can be closed', async () => {
    const client = createReplayClient({ source: [] });
    await client.close();
    await client.finished;
    expect(client.status().phase).toBe('closed');
  });
});

describe('what a live client can do besides', () => {
  test('only what is wanted is told; what is added comes with its next snapshot, and what is removed goes', async () => {
    const records = [
      snapshot(1),
      snapshot(2, B),
      delta(3, B),
      snapshot(4, B),
      delta(5, B),
      delta(6),
      trade(1, 7, B),
      trade(2, 8),
    ];
    const client = createReplayClient({ source: records, markets: [A] });
    const seen: string[] = [];
    for (const type of ['snapshot', 'delta', 'trade'] as const) {
      client.on(type, (event) => {
        seen.push(`${type} ${event.market.at(-1)} ${stateOf(client.book(event.market))}`);
        if (event.seq === 1 && type === 'snapshot') client.addMarkets([B]);
        if (event.seq === 5) client.removeMarkets([B]);
      });
    }
    client.start();
    await client.finished;
    expect(seen).toEqual([
      'snapshot A synced',
      'snapshot B synced',
      'delta B synced',
      'snapshot B synced',
      'delta B synced',
      'delta A synced',
      'trade A synced',
    ]);
    expect(client.book(B)).toBeUndefined();
    expect(client.status().counters.foreign).toBe(1);
  });

  test('a key, a redial and a barrier change nothing; prices can be set', async () => {
    const client = createReplayClient({ source: many(5), markets: [A] });
    client.setPriceRanges(A, [{ start: 0, end: 10_000, step: 100 }]);
    client.setCredentials({ keyId: 'k', sign: () => '' });
    client.reconnect();
    client.start();
    client.start();
    client.reconnect();
    await client.barrier();
    await client.finished;
    expect(client.book(A)).toMatchObject({ synced: true, tickSize: 100 });
    expect(client.status()).toMatchObject({ epoch: 1, counters: { frames: 6, epochs: 1 } });
    expect(() => client.watchTop('KXOTHER')).toThrow(expect.objectContaining({ code: 'NOT_WANTED' }));
  });

  test.each([
    [{}, 'source must be an iterable of records'],
    [{ source: 'text' }, 'source must be an iterable of records'],
    [{ source: [], speed: 0 }, 'speed must be above 0 and finite'],
    [{ source: [], speed: 'fast' }, "speed must be a number or 'max'"],
    [{ source: [], sped: 1 }, 'Did you mean "speed"?'],
    [{ source: [], markets: ['not a ticker'] }, 'is not a market ticker'],
  ])('wrong options are refused at once: %j', (options, message) => {
    expect(() => createReplayClient(options as unknown as ReplayClientOptions)).toThrow(message);
  });
});
