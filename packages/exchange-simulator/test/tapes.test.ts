import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { createExchange, ExchangeError } from '../src/index.ts';
import { TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Plays the tapes to one subscriber of everything and gives what it received, without acks. */
async function play(...tapes: string[]) {
  await using exchange = await createExchange({ tapes, speed: 'max', playback: 'on-play' });
  await using client = await TestClient.connect(exchange);
  client.subscribe(1, exchange.markets);
  await client.settled();
  exchange.play();
  await exchange.finished;
  await client.settled();
  const { markets } = exchange;
  const books = Object.fromEntries(markets.map((ticker) => [ticker, exchange.book(ticker)]));
  return { frames: client.frames, texts: client.texts, books, totals: exchange.totals(), failure: exchange.failure };
}

const pathsOf = (frames: readonly { type: string; seq?: number; msg: Record<string, unknown> }[]) =>
  frames.map(({ type, seq, msg }) => `${seq} ${type.slice(10)} ${String(msg['market_ticker'])}`);

const recorded = [
  at(5000, snapshotOf('A', [['0.4000', '10.00']])),
  at(5001, deltaOf('A', 'yes', '0.4000', '-2.50', 5001)),
  at(5002, { type: 'trade', sid: 2, seq: 1, msg: { market_ticker: 'A', ts_ms: 5002 } }),
  at(5003, { type: 'ok', id: 3, sid: 7, seq: 4713, msg: { market_tickers: ['A'] } }),
  at(5004, deltaOf('A', 'no', '0.5000', '7.25', 5004)),
  at(5005, snapshotOf('A')),
];

describe('a tape', () => {
  it.each([
    ['plain', 'recorded.ndjson', false],
    ['gzip, whatever its name', 'recorded-gzip.ndjson', true],
  ])('that is %s is re-sequenced, its first snapshot answering the subscription', async (_, name, gzip) => {
    const { texts, books, totals, failure } = await play(writeTape(folder, name, recorded, { gzip }));
    expect(texts.slice(1)).toEqual([
      '{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{"market_ticker":"A","market_id":"id-of-A","yes_dollars_fp":[["0.4000","10.00"]]}}',
      '{"type":"orderbook_delta","sid":1,"seq":2,"msg":{"market_ticker":"A","market_id":"id-of-A","price_dollars":"0.4000","delta_fp":"-2.50","side":"yes","ts":"2026-08-07T06:46:28.97871Z","ts_ms":5001}}',
      '{"type":"orderbook_delta","sid":1,"seq":3,"msg":{"market_ticker":"A","market_id":"id-of-A","price_dollars":"0.5000","delta_fp":"7.25","side":"no","ts":"2026-08-07T06:46:28.97871Z","ts_ms":5004}}',
      '{"type":"orderbook_snapshot","sid":1,"seq":4,"msg":{"market_ticker":"A","market_id":"id-of-A"}}',
    ]);
    expect(books).toEqual({ A: { yes: [], no: [] } });
    expect(totals).toMatchObject({
      deltasPlayed: 2,
      snapshotsPlayed: 1,
      skipped: { trade: 1, ok: 1 },
      levelsBelowZero: 0,
    });
    expect(failure).toBeUndefined();
  });

  it('of raw frames plays as one of recorded lines does, unknown fields and their order kept', async () => {
    const odd =
      '{"type":"orderbook_delta","seq":9,"sid":3,"msg":{"side":"yes","price_dollars":"0.400","delta_fp":"1","market_ticker":"A","market_id":"x","client_order_id":"mine"},"extra":[1]}';
    const { texts, totals } = await play(writeTape(folder, 'raw.ndjson', [snapshotOf('A'), '', odd, '  ']));
    expect(texts.at(-1)).toBe(
      '{"type":"orderbook_delta","sid":1,"seq":2,"msg":{"side":"yes","price_dollars":"0.400","delta_fp":"1","market_ticker":"A","market_id":"x","client_order_id":"mine"},"extra":[1]}',
    );
    expect(totals.deltasPlayed).toBe(1);
  });

  it('that takes more from a level than it has is played on, and the level is counted', async () => {
    const { books, totals } = await play(
      writeTape(folder, 'hole.ndjson', [deltaOf('A', 'yes', '0.4000', '-1.00'), deltaOf('A', 'yes', '0.3000', '2.00')]),
    );
    expect(books).toEqual({ A: { yes: [[3000, 200]], no: [] } });
    expect(totals.levelsBelowZero).toBe(1);
  });
});

describe('several tapes', () => {
  it('of different days play side by side, each timeline from zero', async () => {
    const monday = writeTape(folder, 'monday.ndjson', [
      at(1_000_000, snapshotOf('M')),
      at(1_000_010, deltaOf('M', 'yes', '0.1000', '1.00')),
      at(1_000_030, deltaOf('M', 'yes', '0.1000', '1.00')),
    ]);
    const friday = writeTape(folder, 'friday.ndjson', [
      at(9_000_000, snapshotOf('F')),
      at(9_000_010, deltaOf('F', 'yes', '0.1000', '1.00')),
      at(9_000_020, deltaOf('F', 'yes', '0.1000', '1.00')),
    ]);
    const { frames } = await play(monday, friday);
    expect(pathsOf(frames.slice(1))).toEqual([
      '1 snapshot F',
      '2 snapshot M',
      '3 delta M',
      '4 delta F',
      '5 delta F',
      '6 delta M',
    ]);
  });

  it('that share a market are one timeline: the second day comes after the first, in whatever order they are named', async () => {
    const first = writeTape(folder, 'day-1.ndjson', [
      at(1_000_000, snapshotOf('A', [['0.5000', '8.00']])),
      at(1_000_900, deltaOf('A', 'yes', '0.5000', '-3.00')),
    ]);
    const second = writeTape(
      folder,
      'day-2.ndjson.gz',
      [at(1_001_000, deltaOf('A', 'yes', '0.5000', '-5.00')), at(1_001_001, snapshotOf('A', [['0.1000', '1.00']]))],
      { gzip: true },
    );
    const { frames, books } = await play(second, first);
    expect(frames.slice(2).map(({ msg }) => msg.delta_fp as string | undefined)).toEqual(['-3.00', '-5.00', undefined]);
    expect(books).toEqual({ A: { yes: [[1000, 100]], no: [] } });
  });

  it('of one moment are merged in the order of the options', async () => {
    const tapes = ['C', 'A', 'B'].map((ticker) =>
      writeTape(folder, `${ticker}.ndjson`, [
        at(7, snapshotOf(ticker)),
        at(7, deltaOf(ticker, 'no', '0.2000', '1.00')),
      ]),
    );
    const { frames } = await play(...tapes);
    expect(pathsOf(frames.slice(4))).toEqual(['4 delta C', '5 delta A', '6 delta B']);
  });
});

describe('a tape that cannot be played', () => {
  const failureOf = async (...tapes: string[]): Promise<ExchangeError> => {
    const error: unknown = await createExchange({ tapes }).then(
      (exchange) => exchange.close(),
      (reason: unknown) => reason,
    );
    if (!ExchangeError.isInstance(error)) throw new Error('the exchange started', { cause: error });
    return error;
  };
  const good = JSON.stringify(at(1, snapshotOf('A')));

  it.each([
    ['is not JSON', '{"recv_ms":1,"event":', 'a JSON object'],
    ['is a list', '[]', 'a JSON object'],
    [
      'is cut in the middle',
      JSON.stringify(at(1, deltaOf('A', 'yes', '0.1000', '1.00'))).slice(0, -1),
      'a JSON object',
    ],
    ['has no receive time', '{"event":{"type":"trade"}}', 'recv_ms as a number beside event'],
    ['has no frame', '{"recv_ms":1,"event":7}', 'event to be a frame'],
    ['has no type', '{"received_ms":1,"frame":{}}', '{"recv_ms", "event"} or a frame with a type'],
    ['has no msg', '{"type":"orderbook_delta"}', 'msg to be an object'],
    ['has no ticker', '{"type":"orderbook_delta","msg":{}}', 'msg.market_ticker as text'],
    ['has no market id', '{"type":"orderbook_snapshot","msg":{"market_ticker":"A"}}', 'msg.market_id as text'],
    ['has a price of a dollar', JSON.stringify(deltaOf('A', 'yes', '1.0000', '1.00')), 'between "0.0001" and "0.9999"'],
    ['has a price in cents', JSON.stringify(deltaOf('A', 'yes', '42', '1.00')), 'between "0.0001" and "0.9999"'],
    ['has a size too fine', JSON.stringify(deltaOf('A', 'yes', '0.4200', '1.005')), 'msg.delta_fp as decimal text'],
    [
      'has a third side',
      JSON.stringify(deltaOf('A', 'maybe' as 'yes', '0.4200', '1.00')),
      'msg.side to be "yes" or "no"',
    ],
    ['has a level of numbers', JSON.stringify(snapshotOf('A', [[0.42, 1] as never])), 'as lists of'],
  ])(
    'because a line %s is refused before anything starts, with file, line and what was expected',
    async (_, line, expected) => {
      const tape = writeTape(folder, 'broken.ndjson', [good, line, good]);
      const error = await failureOf(tape);
      expect(error).toMatchObject({ name: 'ExchangeError', code: 'TAPE_INVALID', file: tape, line: 2 });
      expect(error.expected).toContain(expected);
      expect(error.message).toContain(`${tape}, line 2`);
    },
  );

  it('because it has no order-book frame is refused', async () => {
    const tape = writeTape(folder, 'empty.ndjson', []);
    expect(await failureOf(tape)).toMatchObject({
      code: 'TAPE_INVALID',
      expected: 'at least one order-book frame on the tape',
    });
  });

  it('because it is not there, is a folder, or its gzip is cut, is named', async () => {
    expect(await failureOf(join(folder.path, 'missing.ndjson'))).toMatchObject({
      code: 'TAPE_UNREADABLE',
      file: join(folder.path, 'missing.ndjson'),
      cause: { code: 'ENOENT' },
    });
    expect(await failureOf(folder.path)).toMatchObject({ code: 'TAPE_UNREADABLE', cause: { code: 'EISDIR' } });
    const cut = join(folder.path, 'cut.ndjson.gz');
    writeFileSync(cut, gzipSync(`${good}\n`.repeat(1000)).subarray(0, 60));
    expect(await failureOf(cut)).toMatchObject({ code: 'TAPE_UNREADABLE', file: cut });
  });

  it('because it has changed since the check settles `finished` and names the failure', async () => {
    const tape = writeTape(folder, 'changing.ndjson', [good, at(2, deltaOf('A', 'yes', '0.1000', '1.00'))]);
    await using exchange = await createExchange({ tapes: [tape], playback: 'on-play' });
    writeFileSync(tape, `${good}\nnonsense\n`);
    exchange.play();
    await exchange.finished;
    expect(exchange.failure).toMatchObject({ code: 'TAPE_INVALID', line: 2 });
  });
});
