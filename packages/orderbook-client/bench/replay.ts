// A replay of a recording beside a bare parse of the same: lines of JSON in memory, one record each; and of its tape, whose lines are
// the exchange's frames.
import { createReplayClient, type RecordSource } from '../src/replay/index.ts';
import { tapeToRecords, TapeWriter, type FeedRecord } from '../src/recordings.ts';
import { makeTape } from './books/tape.ts';
import { tickerOf } from './frames.ts';
import { collectGarbage } from './garbage.ts';
import { print, round, times, type Row } from './report.ts';
import { interleave, median } from './rounds.ts';

const markets = 1000;
const changes = 500_000;
const rounds = 5;
const START_MS = 1_800_000_000_000;

const tape = makeTape('cent', markets, changes);
const lines = Array.from({ length: markets + changes }, (_, index): string => {
  const at = { epoch: 1, sid: 1, seq: index + 1, receivedAtMs: START_MS + index };
  const change = index - markets;
  const record: FeedRecord =
    change < 0
      ? { kind: 'snapshot', ...at, market: tickerOf(index), ...tape.snapshots[index]! }
      : {
          kind: 'delta',
          ...at,
          market: tickerOf(tape.market[change]!),
          side: tape.side[change]!,
          price: tape.price[change]!,
          delta: tape.delta[change]!,
          exchangeAtMs: at.receivedAtMs,
        };
  return JSON.stringify(record);
});

function* parsed(): Generator<FeedRecord> {
  for (const line of lines) yield JSON.parse(line) as FeedRecord;
}

async function* parsedLater(): AsyncGenerator<FeedRecord> {
  yield* parsed();
}

/** Its records, with a listener that looks at the book's best bid at each change. */
async function replay(source: RecordSource): Promise<number> {
  const client = createReplayClient({ source });
  let sum = 0;
  client.on('delta', ({ market }) => {
    sum += client.book(market)!.bestBidSize('yes');
  });
  client.start();
  await client.finished;
  const wrong = tape.bestBids.filter((price, market) => {
    const best = client.book(tickerOf(market))!.bestBidPrice('yes');
    return best !== price && !(Number.isNaN(best) && price < 0);
  });
  if (wrong.length > 0) throw new Error(`${wrong.length} books are wrong`);
  return sum;
}

/** The same with a reader that awaits each event. */
async function read(source: RecordSource): Promise<number> {
  const client = createReplayClient({ source });
  const events = client.events({ types: ['delta'] });
  client.start();
  let sum = 0;
  for await (const { market } of events) sum += client.book(market)!.bestBidSize('yes');
  return sum;
}

function parse(): number {
  let sum = 0;
  for (const record of parsed()) sum += record.epoch;
  return sum;
}

function parseTape(): number {
  let sum = 0;
  for (const line of tapeLines) sum += (JSON.parse(line) as { readonly epoch: number }).epoch;
  return sum;
}

const contenders = [
  { title: 'a bare JSON.parse of each line', run: parse },
  { title: 'replay, a listener that reads the book', run: () => replay(parsed()) },
  { title: 'the same from an async source', run: () => replay(parsedLater()) },
  { title: 'replay, a for await that reads the book', run: () => read(parsed()) },
  { title: 'replay of records that are there', run: () => replay(records) },
  { title: 'a bare JSON.parse of each line of its tape', run: parseTape, beside: null },
  { title: 'replay of its tape', run: () => replay(tapeToRecords(tapeLines)), beside: 5 },
];
const records = [...parsed()];
const writer = new TapeWriter();
const tapeLines = records.map((record) => writer.line(record)!);

const results = await interleave(contenders, rounds, async ({ run }) => {
  collectGarbage();
  const before = performance.now();
  await run();
  return ((performance.now() - before) * 1e6) / lines.length;
});
const figures = contenders.map((contender) => median(results.get(contender)!));
const rows = contenders.map(({ title, beside = 0 }, index): Row => ({
  what: title,
  figure: `${round(figures[index]!)} ns`,
  ...(index > 0 && beside !== null && { ratio: times(figures[index]! / figures[beside]!) }),
}));
print({
  title: 'Replay of a recording',
  input: `${markets} cent books, ${changes} deltas, ns a record, median of ${rounds} rounds; ratio: how much longer than the bare parse of the same lines`,
  rows,
});
