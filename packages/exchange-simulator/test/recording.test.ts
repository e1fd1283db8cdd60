import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ManualRuntime, temporaryFolder } from '@trader/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { createExchange } from '../src/index.ts';
import { TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const lines = [
  at(1000, snapshotOf('A', [['0.4000', '10.00']])),
  at(1000, snapshotOf('B')),
  at(2000, deltaOf('A', 'yes', '0.4000', '-2.50', 1001)),
  at(3000, deltaOf('B', 'no', '0.3000', '5.00', 1002)),
];

type Line = { recv_ms: number; event: { type: string; sid?: number; seq?: number; msg: Record<string, unknown> } };

const unpacked = { '.ndjson': (bytes: Buffer) => bytes, '.gz': gunzipSync, '.zst': zstdDecompressSync };

describe('a recording', () => {
  it.each(Object.entries(unpacked))(
    'in a file %s holds what a subscriber gets, and plays again',
    async (end, unpack) => {
      const record = join(folder.path, `recorded${end}`);
      await using exchange = await createExchange({
        tapes: [writeTape(folder, 'source.ndjson', lines)],
        speed: 'max',
        playback: 'on-play',
        record,
      });
      await using client = await TestClient.connect(exchange);
      client.subscribe(1, exchange.markets);
      await client.settled();
      exchange.play();
      await exchange.finished;
      await client.settled();
      const books = exchange.markets.map((ticker) => exchange.book(ticker));
      const commandsOfClients = exchange.totals().commands;
      await exchange.close();

      expect(exchange.recordingFailure).toBeUndefined();
      expect(commandsOfClients).toBe(3);
      const text = unpack(readFileSync(record)).toString().trimEnd();
      const recorded = text.split('\n').map((line) => JSON.parse(line) as Line);
      const ofBooks = recorded.filter(({ event }) => event.type.startsWith('orderbook'));
      expect(ofBooks.map(({ event }) => event.msg)).toEqual(client.frames.slice(1).map(({ msg }) => msg as object));
      expect(ofBooks.map(({ event }) => event.seq)).toEqual([1, 2, 3, 4]);
      expect(recorded.every(({ recv_ms: ms }) => Math.abs(ms - Date.now()) < 600_000)).toBe(true);

      await using again = await createExchange({ tapes: [record], speed: 'max' });
      await using second = await TestClient.connect(again);
      second.subscribe(1, again.markets);
      await again.finished;
      expect(again.markets.map((ticker) => again.book(ticker))).toEqual(books);
    },
  );

  it('of the generator grows with its time', async () => {
    const record = join(folder.path, 'generated.ndjson');
    const runtime = new ManualRuntime();
    const exchange = await createExchange({ markets: 2, deltasPerSecond: 1000, record, runtime });
    runtime.advance(1000);
    await exchange.close();
    const types = readFileSync(record, 'utf8').matchAll(/"event":\{"type":"([a-z_]+)"/g);
    const counts = Map.groupBy(types, ([, type]) => type);
    expect(counts.get('orderbook_snapshot')).toHaveLength(2);
    expect(counts.get('orderbook_delta')).toHaveLength(exchange.totals().deltasPlayed);
  });

  it('goes on with the markets that are listed later', async () => {
    const record = join(folder.path, 'rolling.ndjson');
    const runtime = new ManualRuntime();
    const exchange = await createExchange({
      markets: 1,
      deltasPerSecond: 100,
      marketLifetimeMs: 5000,
      record,
      runtime,
    });
    for (let seconds = 0; seconds < 8; seconds++) {
      runtime.advance(1000);
      await turn();
    }
    await exchange.close();
    const text = readFileSync(record, 'utf8');
    expect(exchange.markets.length).toBeGreaterThan(1);
    for (const ticker of exchange.markets) {
      expect(text).toMatch(new RegExp(`"orderbook_snapshot".*"market_ticker":"${ticker}"`));
      expect(text).toMatch(new RegExp(`"orderbook_delta".*"market_ticker":"${ticker}"`));
    }
  });

  it('never writes over a file', async () => {
    const record = join(folder.path, 'mine.ndjson');
    writeFileSync(record, 'mine');
    await expect(createExchange({ record })).rejects.toMatchObject({ code: 'RECORDING_FAILED', file: record });
    expect(readFileSync(record, 'utf8')).toBe('mine');
    const nowhere = join(folder.path, 'nowhere', 'tape.ndjson');
    await expect(createExchange({ record: nowhere })).rejects.toMatchObject({ code: 'RECORDING_FAILED' });
  });
});

describe('a tape', () => {
  it('compressed with Zstandard is read, whatever its name', async () => {
    const path = join(folder.path, 'tape.ndjson');
    writeFileSync(path, zstdCompressSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    await using exchange = await createExchange({ tapes: [path] });
    expect(exchange.markets).toEqual(['A', 'B']);
  });

  it('in a loop begins again with a snapshot of each first book, in one sequence', async () => {
    const tape = writeTape(folder, 'loop.ndjson', lines);
    await using exchange = await createExchange({ tapes: [tape], speed: 'max', loop: true, playback: 'on-play' });
    await using client = await TestClient.connect(exchange);
    client.subscribe(1, exchange.markets);
    await client.settled();
    exchange.play();
    await client.until(() => client.texts.length >= 11);
    const { frames } = client;
    expect(frames.slice(1, 11).map(({ type, msg }) => `${type.slice(10)} ${msg.market_ticker}`)).toEqual([
      'snapshot A',
      'snapshot B',
      'delta A',
      'delta B',
      'snapshot A',
      'snapshot B',
      'delta A',
      'delta B',
      'snapshot A',
      'snapshot B',
    ]);
    expect(frames[5]!.msg).toEqual(frames[1]!.msg);
    expect(frames.slice(1).every(({ seq }, index) => seq === index + 1)).toBe(true);
  });

  it('in a loop keeps its pace', async () => {
    const tape = writeTape(folder, 'paced-loop.ndjson', lines);
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({ tapes: [tape], loop: true, playback: 'on-play', runtime });
    exchange.play();
    for (let seconds = 0; seconds < 6; seconds++) {
      await expect.poll(() => runtime.armedTimers, { interval: 1 }).toBeGreaterThan(0);
      runtime.advance(1000);
    }
    await expect.poll(() => exchange.totals().deltasPlayed, { interval: 1 }).toBe(6);
    expect(exchange.totals().snapshotsPlayed).toBeGreaterThanOrEqual(4);
  });

  it('in a loop with nothing to play ends', async () => {
    const tape = writeTape(folder, 'still.ndjson', lines.slice(0, 2));
    await using exchange = await createExchange({ tapes: [tape], speed: 'max', loop: true, playback: 'on-play' });
    exchange.play();
    await exchange.finished;
    expect(exchange.failure).toBeUndefined();
  });
});
