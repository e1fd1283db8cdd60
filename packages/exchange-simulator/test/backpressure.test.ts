import { ManualRuntime, temporaryFolder } from '@trader/testkit';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createExchange } from '../src/index.ts';
import { TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** A fact that has to come, on a busy machine too. */
const SOON = { timeout: 60_000 };

// More than the kernel's buffers of one loopback connection hold, so that a client that does not read is felt.
const DELTAS = 100_000;
const tapeOf = (name: string, deltas: number) =>
  writeTape(
    folder,
    name,
    [
      at(1_000, snapshotOf('A')),
      at(1_000, snapshotOf('B')),
      ...Array.from({ length: deltas }, (_, index) =>
        at(2_000 + index, deltaOf('A', 'yes', '0.1000', '1.00', 2_000 + index)),
      ),
    ],
    { gzip: true },
  );
const tape = tapeOf('long.ndjson.gz', DELTAS);
// Compressing takes longer.
const FEW_DELTAS = 5_000;
const shortTape = tapeOf('short.ndjson.gz', FEW_DELTAS);

describe('a client that does not read', () => {
  it('makes a tape at max wait, and gets every frame when it reads on', async () => {
    await using exchange = await createExchange({ tapes: [tape], speed: 'max', maxBufferedBytes: 65_536 });
    await using client = await TestClient.connect(exchange);
    client.stopReading();
    client.subscribe(1, ['A']);
    // A second connection proves that the exchange is alive and that its play stands still.
    await using other = await TestClient.connect(exchange);
    let played = -1;
    await vi.waitUntil(async () => {
      const before = played;
      await other.settled();
      played = exchange.totals().deltasPlayed;
      return played > 0 && played === before;
    }, SOON);
    expect(played).toBeLessThan(DELTAS);
    client.readOn();
    await exchange.finished;
    await client.settled();
    expect(client.texts).toHaveLength(DELTAS + 2);
    expect(client.texts.at(-1)).toContain(`"seq":${DELTAS + 1},`);
    expect(exchange.totals().errorsSent).toEqual({});
  });

  it('makes a tape at max wait behind the compressor, too, and gets every frame', async () => {
    const options = { tapes: [shortTape], speed: 'max', maxBufferedBytes: 65_536, perMessageDeflate: true } as const;
    await using exchange = await createExchange(options);
    await using client = await TestClient.connect(exchange);
    client.subscribe(1, ['A']);
    await client.until(() => client.texts.length > 500);
    // What is played and has not arrived is within what may be unsent, however much slower the compressor is.
    const ahead = exchange.totals().framesSent - client.texts.length;
    expect(ahead * 200).toBeLessThan(10 * 65_536);
    await exchange.finished;
    await client.settled();
    expect(client.texts).toHaveLength(FEW_DELTAS + 2);
    expect(exchange.totals().errorsSent).toEqual({});
  });

  it('loses its subscription with error 25 at a paced speed, and may subscribe again', async () => {
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({
      tapes: [tape],
      speed: 1,
      runtime,
      maxBufferedBytes: 65_536,
      pingIntervalMs: Infinity,
    });
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    client.subscribe(1, ['A', 'B']);
    await client.settled();
    client.stopReading();
    runtime.advance(DELTAS + 2_000);
    await exchange.finished;
    expect(exchange.totals()).toMatchObject({ errorsSent: { 25: 1 }, deltasPlayed: DELTAS });
    client.readOn();
    await client.settled();
    const last = client.frames.at(-1);
    expect(client.frames.length).toBeLessThan(DELTAS);
    expect(last).toEqual({
      type: 'error',
      sid: 1,
      seq: client.frames.length - 1,
      msg: { code: 25, msg: 'Subscription buffer overflow' },
    });
    client.subscribe(2, ['A']);
    await client.settled();
    expect(client.frames.at(-1)).toMatchObject({
      type: 'orderbook_snapshot',
      sid: 2,
      seq: 1,
      msg: { yes_dollars_fp: [['0.1000', `${DELTAS}.00`]] },
    });
  });

  it('is not overrun by answers: its commands are left unread until it reads', async () => {
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({
      markets: 200,
      replyOrder: 'arrival',
      maxBufferedBytes: 65_536,
      runtime,
    });
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    await using other = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    client.subscribe(1, exchange.markets);
    await client.settled();
    client.stopReading();
    let asked = 0;
    let answered = -1;
    await vi.waitUntil(async () => {
      const before = exchange.totals().commands;
      for (let id = 0; id < 5; id++) client.update(++asked + 1, 'get_snapshot', exchange.markets);
      await other.settled();
      await other.settled();
      answered = exchange.totals().commands - before - 2;
      return answered === 0;
    }, SOON);
    client.readOn();
    await client.settled();
    expect(client.of('orderbook_snapshot')).toHaveLength((asked + 1) * exchange.markets.length);
  });
});
