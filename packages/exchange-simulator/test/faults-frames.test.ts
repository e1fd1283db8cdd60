// Each fault of frames, as a plain WebSocket client sees it.
import { describe, expect, it } from 'vitest';
import type { Fault } from '../src/index.ts';
import { deltas, FaultyExchange, seqs, type WireClient } from './fault-client.ts';

const data = { frame: 'orderbook_delta' } as const;

/** What a client subscribed to A has after `seconds` of the tape. */
async function played(faults: readonly Fault[], seconds: number, done: (client: WireClient) => boolean) {
  const world = await FaultyExchange.start(faults);
  const client = await world.subscribed();
  world.runtime.advance(seconds * 1000);
  await client.until(() => done(client));
  return { client, world, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const came = (count: number) => (client: WireClient) => deltas(client).length >= count;

describe('a frame', () => {
  it('that is dropped leaves a hole', async () => {
    await using run = await played([{ kind: 'drop', aim: data, after: 1, count: 1 }], 4, came(3));
    expect(deltas(run.client)).toEqual([1, 3, 4]);
    expect(seqs(run.client)).toEqual([1, 2, 4, 5]);
    expect(run.world.hits('drop')).toBe(1);
  });

  it('that is dropped in hiding leaves none', async () => {
    await using run = await played([{ kind: 'drop', aim: data, after: 1, count: 1, hidden: true }], 4, came(3));
    expect(deltas(run.client)).toEqual([1, 3, 4]);
    expect(seqs(run.client)).toEqual([1, 2, 3, 4]);
  });

  it('that is duplicated comes again with its number', async () => {
    await using run = await played([{ kind: 'duplicate', aim: data, count: 1, copies: 2 }], 2, came(4));
    expect(deltas(run.client)).toEqual([1, 1, 1, 2]);
    expect(seqs(run.client)).toEqual([1, 2, 2, 2, 3]);
  });

  it('that is late comes after those behind it', async () => {
    await using run = await played([{ kind: 'delay', by: '2500ms', aim: data, count: 1 }], 3, came(2));
    expect(deltas(run.client)).toEqual([2, 3]);
    run.world.runtime.advance(2500);
    await run.client.until(() => came(3)(run.client));
    expect(deltas(run.client).slice(0, 3)).toEqual([2, 3, 1]);
    expect(seqs(run.client).slice(0, 4)).toEqual([1, 3, 4, 2]);
  });

  it('that is late in order holds up those behind it', async () => {
    await using run = await played(
      [{ kind: 'delay', by: '2500ms', aim: data, count: 1, inOrder: true }],
      3,
      () => true,
    );
    await expect.poll(() => run.world.exchange.totals().deltasPlayed).toBe(3);
    expect(deltas(run.client)).toEqual([]);
    run.world.runtime.advance(2500);
    await run.client.until(() => came(3)(run.client));
    expect(deltas(run.client).slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('that is reordered comes behind the next two', async () => {
    await using run = await played([{ kind: 'reorder', behind: 2, aim: data, count: 1, atMost: '1h' }], 4, came(4));
    expect(deltas(run.client)).toEqual([2, 3, 1, 4]);
  });

  it('that is reordered and has nothing behind it comes when its time is over', async () => {
    await using run = await played([{ kind: 'reorder', behind: 50, aim: data, count: 1, atMost: '5s' }], 2, came(1));
    run.world.runtime.advance(5000);
    await run.client.until(() => deltas(run.client).includes(1));
    expect(deltas(run.client).slice(0, 2)).toEqual([2, 1]);
  });

  it('with bit noise is text with one bit another', async () => {
    await using run = await played(
      [{ kind: 'corrupt', how: 'bit-noise', aim: data, count: 1, seed: 5 }],
      2,
      (client) => client.messages.length >= 4,
    );
    await using clean = await played([], 1, came(1));
    const [wrong, right] = [run.client.texts[2] ?? '', clean.client.texts[2] ?? ''].map((text) => Buffer.from(text));
    const flipped = [...(right ?? [])].filter((byte, index) => byte !== wrong?.[index]);
    expect(flipped).toHaveLength(1);
    expect(wrong).toHaveLength(right?.length ?? -1);
  });

  it('that is no UTF-8 is found out by the client’s WebSocket', async () => {
    const world = await FaultyExchange.start([{ kind: 'corrupt', how: 'invalid-utf8', aim: data, count: 1 }]);
    await using _ = world;
    const client = await world.subscribed();
    world.runtime.advance(1000);
    // The code that the client sends; what it sees itself is 1006, or the answer to its own.
    expect((await client.closed).error).toContain('invalid UTF-8');
  });

  it('that is truncated is the first part of the text', async () => {
    await using run = await played(
      [{ kind: 'truncate', keep: 0.25, aim: data, count: 1 }],
      2,
      (client) => client.messages.length >= 4,
    );
    await using clean = await played([], 1, came(1));
    const whole = clean.client.texts[2] ?? '';
    expect(run.client.texts[2]).toBe(whole.slice(0, Math.floor(whole.length / 4)));
    expect(deltas(run.client)).toEqual([2]);
  });

  it('that is giant has a field of as many bytes as are asked for', async () => {
    await using run = await played([{ kind: 'giant', bytes: 3_000_000, aim: data, count: 1 }], 1, came(1));
    expect(run.client.texts[2]?.length).toBeGreaterThan(3_000_000);
    expect(run.client.of('orderbook_delta')[0]).toMatchObject({ seq: 2, msg: { delta_fp: '1.00' } });
  });

  it('that is binary has the same text', async () => {
    await using run = await played([{ kind: 'binary', aim: data, count: 1 }], 2, came(2));
    expect(run.client.messages.map(({ binary }) => binary)).toEqual([false, false, true, false]);
    expect(deltas(run.client)).toEqual([1, 2]);
  });

  it('of an unknown type comes before it and takes a number only when it shall', async () => {
    await using run = await played(
      [
        { kind: 'unknown-type', aim: data, count: 1 },
        { kind: 'unknown-type', type: 'novelty', sequenced: true, aim: data, after: 1, count: 1 },
      ],
      2,
      came(2),
    );
    expect(run.client.frames.slice(2).map(({ type, seq }) => [type, seq])).toEqual([
      ['orderbook_heatmap', undefined],
      ['orderbook_delta', 2],
      ['novelty', 3],
      ['orderbook_delta', 4],
    ]);
  });

  it('has unknown fields in both places', async () => {
    await using run = await played([{ kind: 'unknown-field', aim: data, count: 1 }], 1, came(1));
    expect(run.client.frames[2]).toMatchObject({
      shard: { index: 3 },
      msg: { novelty: { since: '2027-01-01' }, delta_fp: '1.00' },
    });
  });

  it.each([
    [
      'integers',
      {
        yes: [
          [10, 100],
          [20, 50],
        ],
        no: [[30, 70]],
      },
      { price: 10, delta: 1, side: 'yes' },
    ],
    [
      'dollars',
      {
        yes: [
          [10, 100],
          [20, 50],
        ],
        yes_dollars: [
          ['0.100', 100],
          ['0.200', 50],
        ],
      },
      { price_dollars: '0.100' },
    ],
    [
      'fixed-point',
      {
        yes: [
          [10, 100],
          [20, 50],
        ],
        yes_dollars_fp: [
          ['0.1000', '100.00'],
          ['0.2000', '50.00'],
        ],
      },
      { delta_fp: '1.00' },
    ],
  ] as const)('of the cents era (%s) has the fields of then', async (era, snapshot, delta) => {
    await using run = await played([{ kind: 'cents-era', era }], 1, (client) => client.messages.length >= 3);
    const [, book, change] = run.client.frames;
    expect(book?.msg).toMatchObject(snapshot);
    expect(change?.msg).toMatchObject({ price: 10, delta: 1, ...delta });
    expect(change?.msg).not.toHaveProperty('ts_ms');
    expect(Object.hasOwn(book?.msg as object, 'yes_dollars_fp')).toBe(era === 'fixed-point');
  });
});

describe('sequence numbers', () => {
  it('jump and go on from there, and nothing is lost', async () => {
    await using run = await played([{ kind: 'seq-hole', skip: 7, aim: data, after: 1, count: 1 }], 3, came(3));
    expect(deltas(run.client)).toEqual([1, 2, 3]);
    expect(seqs(run.client)).toEqual([1, 2, 10, 11]);
  });

  it('are reset and go on from there', async () => {
    await using run = await played([{ kind: 'seq-reset', aim: data, after: 2, count: 1 }], 5, came(5));
    expect(seqs(run.client)).toEqual([1, 2, 3, 1, 2, 3]);
  });
});

describe('an acknowledgement', () => {
  it('that is missing is a dropped one, and the snapshot comes all the same', async () => {
    await using world = await FaultyExchange.start([{ kind: 'drop', aim: { frame: 'ack' }, count: 1 }]);
    const client = await world.subscribed();
    expect(client.frames.map(({ type }) => type)).toEqual(['orderbook_snapshot']);
  });

  it('that is late comes after its snapshots', async () => {
    await using world = await FaultyExchange.start([{ kind: 'delay', by: '3s', aim: { frame: 'ack' }, count: 1 }]);
    const client = await world.subscribed();
    world.runtime.advance(3000);
    await client.until(() => client.of('subscribed').length === 1);
    expect(client.frames[0]?.type).toBe('orderbook_snapshot');
  });

  it('has a wrong id', async () => {
    await using world = await FaultyExchange.start([{ kind: 'ack-id', aim: { frame: 'ack' }, count: 1 }]);
    const client = await world.subscribed();
    expect(client.frames[0]).toMatchObject({ type: 'subscribed', id: 1001 });
  });

  const twoSteps = async (fault: Fault) => {
    const world = await FaultyExchange.start([fault]);
    const client = await world.subscribed(['A']);
    client.subscribe(2, ['B', 'C']);
    await client.barrier(3);
    return { world, client, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
  };

  it('names fewer markets than were asked for, and their snapshots come', async () => {
    await using run = await twoSteps({ kind: 'ack-partial', what: 'list', aim: { frame: 'ok' }, count: 1 });
    expect(run.client.of('ok')[0]).toMatchObject({ id: 2, msg: { market_tickers: ['A', 'B'] } });
    expect(run.client.of('orderbook_snapshot')).toHaveLength(3);
  });

  it('is followed by fewer snapshots than were asked for, and no hole', async () => {
    await using run = await twoSteps({ kind: 'ack-partial', what: 'snapshots', aim: { frame: 'ok' }, count: 1 });
    expect(run.client.of('ok')[0]).toMatchObject({ msg: { market_tickers: ['A', 'B', 'C'] } });
    expect(run.client.of('orderbook_snapshot').map(({ msg }) => msg.market_ticker as string)).toEqual(['A', 'C']);
    expect(seqs(run.client)).toEqual([1, 2, 3]);
  });

  it('forgets a market altogether', async () => {
    await using run = await twoSteps({ kind: 'ack-partial', what: 'markets', count: 1 });
    expect(run.client.of('ok')[0]).toMatchObject({ msg: { market_tickers: ['A', 'B'] } });
    expect(run.client.of('orderbook_snapshot').map(({ msg }) => msg.market_ticker as string)).toEqual(['A', 'B']);
  });
});

describe('a snapshot', () => {
  const snapshotWith = async (fault: Fault) => {
    await using world = await FaultyExchange.start([fault]);
    const client = await world.subscribed(['A']);
    await client.barrier(2);
    return client.of('orderbook_snapshot');
  };

  it('has a wrong size on each side', async () => {
    const [snapshot] = await snapshotWith({ kind: 'wrong-snapshot', how: 'levels', seed: 3 });
    const { yes_dollars_fp: yes, no_dollars_fp: no } = (snapshot?.msg ?? {}) as Record<string, [string, string][]>;
    expect(yes?.map(([price]) => price)).toEqual(['0.1000', '0.2000']);
    const right = ['100.00', '50.00'];
    expect(yes?.filter(([, size], index) => size !== right[index])).toHaveLength(1);
    expect(no?.[0]?.[1]).not.toBe('70.00');
  });

  it('lacks a side', async () => {
    const [larger] = await snapshotWith({ kind: 'wrong-snapshot', how: 'side-missing' });
    expect(larger?.msg).not.toHaveProperty('yes_dollars_fp');
    const [named] = await snapshotWith({ kind: 'wrong-snapshot', how: 'side-missing', side: 'no' });
    expect(Object.keys(named?.msg as object)).toEqual(['market_ticker', 'market_id', 'yes_dollars_fp']);
  });

  it('shows another market’s book under its own name', async () => {
    const [snapshot] = await snapshotWith({ kind: 'wrong-snapshot', how: 'other-market', market: 'B' });
    expect(snapshot?.msg).toMatchObject({
      market_ticker: 'A',
      yes_dollars_fp: [['0.4000', '10.00']],
      no_dollars_fp: [['0.5000', '5.00']],
    });
  });

  it('is followed by one of a market that nobody asked for', async () => {
    const invented = await snapshotWith({ kind: 'wrong-snapshot', how: 'unasked-market', count: 1 });
    expect(invented.map(({ seq, msg }) => [seq, msg.market_ticker as string])).toEqual([
      [1, 'A'],
      [2, 'A-UNASKED'],
    ]);
    const [, known] = await snapshotWith({ kind: 'wrong-snapshot', how: 'unasked-market', market: 'B', count: 1 });
    expect(known).toMatchObject({ sid: 1, seq: 2, msg: { market_ticker: 'B', yes_dollars_fp: [['0.4000', '10.00']] } });
  });
});

describe('a terminal error', () => {
  it.each([
    [10, 'Channel error'],
    [25, 'Subscription buffer overflow'],
  ] as const)('%i ends the sid, and a new subscription gets another', async (code, msg) => {
    await using run = await played(
      [{ kind: 'error', code, aim: data, after: 1, count: 1 }],
      5,
      (client) => client.of('error').length > 0,
    );
    const { client, world } = run;
    expect(client.frames.at(-1)).toEqual({ type: 'error', sid: 1, seq: 4, msg: { code, msg } });
    expect(deltas(client)).toEqual([1, 2]);
    world.runtime.advance(2000);
    client.subscribe(2, ['A']);
    await client.until(() => client.of('subscribed').length === 2);
    expect(client.of('subscribed')[1]).toMatchObject({ id: 2, msg: { sid: 2 } });
    expect(deltas(client)).toEqual([1, 2]);
  });

  it('in the middle of a burst of snapshots leaves the rest of it out', async () => {
    await using world = await FaultyExchange.start([
      { kind: 'error', code: 25, aim: { frame: 'orderbook_snapshot' }, after: 1, count: 1 },
    ]);
    const client = await world.connect();
    client.subscribe(1, ['C', 'A', 'B']);
    await client.until(() => client.of('error').length > 0);
    await client.barrier(2);
    expect(client.frames.map(({ type, seq }) => [type, seq])).toEqual([
      ['subscribed', undefined],
      ['orderbook_snapshot', 1],
      ['orderbook_snapshot', 2],
      ['error', 3],
      ['ok', undefined],
    ]);
    expect(client.of('ok')).toEqual([{ type: 'ok', id: 2, msg: [] }]);
    // Nothing of the rest of the burst is followed: what comes is what the next subscription asks for.
    client.subscribe(3, ['C']);
    await client.until(() => client.of('subscribed').length === 2);
    world.runtime.advance(60_000);
    await expect.poll(() => world.exchange.totals().deltasPlayed).toBe(21);
    await client.barrier(4);
    expect(deltas(client)).toEqual([]);
  });

  it('that is added live ends what is open at once', async () => {
    await using world = await FaultyExchange.start([]);
    const client = await world.subscribed();
    world.exchange.control.faults.add({ kind: 'error', code: 10 });
    await client.until(() => client.of('error').length > 0);
    expect(client.of('error')[0]).toMatchObject({ sid: 1, seq: 2, msg: { code: 10 } });
  });
});

describe('a connection', () => {
  it('is cut in the middle of a burst of snapshots', async () => {
    await using world = await FaultyExchange.start([{ kind: 'cut', aim: { frame: 'orderbook_snapshot' }, after: 2 }]);
    const client = await world.connect();
    client.subscribe(1, ['A', 'B', 'C']);
    expect(await client.closed).toMatchObject({ code: 1006 });
    expect(client.frames.map(({ type }) => type)).toEqual(['subscribed', 'orderbook_snapshot', 'orderbook_snapshot']);
  });

  it('is cut in the middle of a frame', async () => {
    const bytesUntilCut = async (midFrame: boolean): Promise<number> => {
      await using world = await FaultyExchange.start([{ kind: 'cut', midFrame, aim: data }]);
      const client = await world.subscribed();
      world.runtime.advance(1000);
      expect(await client.closed).toMatchObject({ code: 1006 });
      expect(deltas(client)).toEqual([]);
      return client.bytesRead;
    };
    // Half of a delta, which has more than 200 bytes.
    expect(await bytesUntilCut(true)).toBeGreaterThan((await bytesUntilCut(false)) + 100);
  });

  it('is cut at a time, with a frame or without', async () => {
    await using world = await FaultyExchange.start([{ kind: 'cut', from: '30s', aim: { connection: 2 } }]);
    const [first, second] = [await world.subscribed(), await world.subscribed()];
    world.runtime.advance(30_000);
    expect(await second.closed).toMatchObject({ code: 1006 });
    await first.barrier(2);
    expect(world.exchange.totals().openConnections).toBe(1);
  });

  it('is closed with a code and a reason', async () => {
    await using world = await FaultyExchange.start([
      { kind: 'close', code: 1012, reason: 'restart', aim: data, after: 1 },
    ]);
    const client = await world.subscribed();
    world.runtime.advance(3000);
    expect(await client.closed).toMatchObject({ code: 1012, reason: 'restart' });
    expect(deltas(client)).toEqual([1]);
  });
});

describe('the aim of a fault', () => {
  it('is a sid, a market, a channel, a type of frames', async () => {
    await using world = await FaultyExchange.start([
      { kind: 'unknown-field', aim: { market: ['B', 'X*'], frame: 'data', sid: 1, channel: 'orderbook_delta' } },
    ]);
    const client = await world.subscribed(['A', 'B', 'C']);
    const marked = client.of('orderbook_snapshot').filter((frame) => 'shard' in frame);
    expect(marked.map(({ msg }) => msg.market_ticker as string)).toEqual(['B']);
  });

  it('is a stretch of time', async () => {
    await using run = await played([{ kind: 'drop', aim: data, from: '2500ms', until: '4500ms' }], 0, () => true);
    for (let second = 1; second <= 6; second++) {
      run.world.runtime.advance(1000);
      await expect.poll(() => run.world.exchange.totals().deltasPlayed).toBe(second);
    }
    await run.client.until(() => came(4)(run.client));
    expect(deltas(run.client)).toEqual([1, 2, 5, 6]);
    expect(run.world.exchange.control.faults.list()).toMatchObject([{ state: 'over', hits: 2 }]);
  });

  it('is a share, the same for the same seed', async () => {
    const fault: Fault = { kind: 'drop', aim: data, probability: 0.5, seed: 9 };
    const once = async () => {
      await using world = await FaultyExchange.start([fault]);
      const client = await world.subscribed();
      world.runtime.advance(20_000);
      await expect.poll(() => world.exchange.totals().deltasPlayed).toBe(20);
      await client.barrier(2);
      return deltas(client);
    };
    const [first, second] = [await once(), await once()];
    expect(first).toEqual(second);
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThan(17);
  });

  it('counts on each connection anew when it shall', async () => {
    await using world = await FaultyExchange.start([
      { kind: 'drop', aim: { frame: 'orderbook_snapshot' }, count: 1, per: 'connection' },
    ]);
    for (const _ of [1, 2]) {
      const client = await world.connect();
      client.subscribe(1, ['A', 'B']);
      await client.barrier(2);
      expect(client.of('orderbook_snapshot').map(({ msg }) => msg.market_ticker as string)).toEqual(['B']);
    }
  });

  it('leaves other connections as they are', async () => {
    await using world = await FaultyExchange.start([{ kind: 'drop', aim: { connection: 2, ...data } }]);
    const [first, second] = [await world.subscribed(), await world.subscribed()];
    world.runtime.advance(3000);
    await first.until(() => came(3)(first));
    await second.barrier(2);
    expect(deltas(second)).toEqual([]);
  });
});
