import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { ManualRuntime, temporaryFolder } from '@trader/testkit';
import { describe, expect, it, vi } from 'vitest';
import { createExchange, ExchangeError } from '../src/index.ts';
import { TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

/** A fact that has to come, on a busy machine too. */
const SOON = { timeout: 30_000 };

const openHandles = () =>
  process.getActiveResourcesInfo().filter((kind) => /^(TCP|FSReq|Timeout|Immediate|Zlib)/.test(kind)).length;

describe('dropConnections', () => {
  it('cuts every socket without a close frame, and the next connection starts anew', async () => {
    const runtime = new ManualRuntime();
    const signed = { atMs: runtime.nowMs() };
    await using exchange = await createExchange({ runtime });
    await using first = await TestClient.connect(exchange, signed);
    await using second = await TestClient.connect(exchange, signed);
    first.subscribe(1, exchange.markets);
    await first.settled();
    exchange.dropConnections();
    expect(await Promise.all([first.closed, second.closed])).toEqual([1006, 1006]);
    await using third = await TestClient.connect(exchange, signed);
    third.subscribe(1, exchange.markets.slice(0, 1));
    await third.settled();
    expect(third.frames[1]).toMatchObject({ sid: 1, seq: 1 });
    await vi.waitUntil(() => exchange.totals().openConnections === 1, SOON);
    expect(exchange.totals().connections).toBe(3);
  });

  it('holds a tape at max until somebody subscribes again; the new snapshot has what was missed', async () => {
    using folder = temporaryFolder();
    const deltas = Array.from({ length: 20_000 }, (_, index) => at(index, deltaOf('A', 'yes', '0.1000', '0.01')));
    const tape = writeTape(folder, 'cut.ndjson', [at(0, snapshotOf('A')), ...deltas]);
    await using exchange = await createExchange({ tapes: [tape], speed: 'max' });
    await using first = await TestClient.connect(exchange);
    first.subscribe(1, ['A']);
    await first.until(() => first.texts.length > 100);
    exchange.dropConnections();
    await first.closed;
    await using second = await TestClient.connect(exchange);
    const { deltasPlayed } = exchange.totals();
    for (let turns = 0; turns < 20; turns++) await second.settled();
    expect(deltasPlayed).toBeLessThan(20_000);
    expect(exchange.totals().deltasPlayed).toBe(deltasPlayed);
    second.subscribe(1, ['A']);
    await exchange.finished;
    await second.settled();
    const missed = second.frames[1]?.msg.yes_dollars_fp[0][1] as string;
    expect(Math.round(Number(missed) * 100) + second.of('orderbook_delta').length).toBe(20_000);
    expect(exchange.book('A')).toEqual({ yes: [[1000, 20_000]], no: [] });
  });
});

describe('close', () => {
  it('leaves no socket, timer or file, says 1001 to clients, and is idempotent', async () => {
    const before = openHandles();
    using folder = temporaryFolder();
    const tape = writeTape(folder, 'tape.ndjson', [
      at(1, snapshotOf('A')),
      at(90_000, deltaOf('A', 'no', '0.1000', '1.00')),
    ]);
    const runtime = new ManualRuntime();
    for (const options of [{ tapes: [tape] }, { markets: 3 }]) {
      const exchange = await createExchange({ ...options, runtime });
      await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
      // Refused, told so, and it does not hang up.
      const lingering = connect({ port: Number(new URL(exchange.url).port), host: '127.0.0.1', allowHalfOpen: true });
      lingering.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      await once(lingering, 'data');
      client.subscribe(1, exchange.markets);
      await client.settled();
      expect(runtime.armedTimers).toBeGreaterThan(0);
      const closings = [exchange.close(), exchange.close(), exchange[Symbol.asyncDispose]()];
      await Promise.all(closings);
      expect(await client.closed).toBe(1001);
      expect(runtime.armedTimers).toBe(0);
      expect(exchange.totals().openConnections).toBe(0);
      lingering.destroy();
    }
    await vi.waitUntil(() => openHandles() <= before, SOON);
  });

  it('ends with a client that does not read, in the middle of a tape, and says that it did not finish', async () => {
    using folder = temporaryFolder();
    const deltas = Array.from({ length: 60_000 }, (_, index) => at(index, deltaOf('A', 'yes', '0.1000', '0.01')));
    const tape = writeTape(folder, 'unread.ndjson', [at(0, snapshotOf('A')), ...deltas]);
    const exchange = await createExchange({ tapes: [tape], speed: 'max', maxBufferedBytes: 65_536 });
    await using client = await TestClient.connect(exchange);
    client.stopReading();
    client.subscribe(1, ['A']);
    await vi.waitUntil(() => exchange.totals().deltasPlayed > 0, SOON);
    await exchange.close();
    await exchange.finished;
    expect(exchange.failure).toMatchObject({ code: 'CLOSED_BEFORE_END' });
    client.readOn();
    expect([1001, 1006]).toContain(await client.closed);
  });

  it('before the tapes began settles `finished`', async () => {
    using folder = temporaryFolder();
    const tape = writeTape(folder, 'never.ndjson', [at(0, snapshotOf('A')), at(1, snapshotOf('A'))]);
    const exchange = await createExchange({ tapes: [tape] });
    await exchange.close();
    await exchange.finished;
    expect(exchange.failure?.code).toBe('CLOSED_BEFORE_END');
  });
});

describe('createExchange', () => {
  it('names a port that is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const error: unknown = await createExchange({ port }).catch((reason: unknown) => reason);
    expect(ExchangeError.isInstance(error) && error.code).toBe('PORT_IN_USE');
    expect((error as ExchangeError).message).toContain(String(port));
    holder.close();
  });

  it('refuses a wrong option before anything starts', async () => {
    await expect(createExchange({ speed: 0 })).rejects.toThrow(RangeError);
  });
});
