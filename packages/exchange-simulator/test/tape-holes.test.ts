// A tape of a recording that has holes: those who listen miss as many numbers, or lose their connection, in the same places.
import { temporaryFolder } from '@trader/testkit';
import { afterAll, expect, test } from 'vitest';
import { createExchange } from '../src/index.ts';
import { TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const hole = (msg: object): object => ({ type: 'recording_gap', msg });
const numbersOf = ({ frames }: TestClient) => frames.flatMap(({ type, seq }) => (type === 'subscribed' ? [] : [seq]));

test('numbers that the recording missed are missing on the subscription, and what is of no channel is counted', async () => {
  const tape = writeTape(folder, 'numbers.ndjson', [
    at(1, snapshotOf('A')),
    at(2, hole({ channel: 'orderbook_delta', first_seq: 4, last_seq: 6, cause: 'sequence' })),
    at(3, deltaOf('A', 'yes', '0.4000', '1.00')),
    at(4, hole({ channel: null, first_seq: 4, last_seq: 6, cause: 'paused' })),
    at(5, hole({ channel: 'orderbook_delta', first_seq: 9, last_seq: 2, cause: 'sequence' })),
    at(6, deltaOf('A', 'yes', '0.4100', '1.00')),
  ]);
  await using exchange = await createExchange({ tapes: [tape], speed: 'max', playback: 'on-play' });
  await using client = await TestClient.connect(exchange);
  client.subscribe(1, exchange.markets);
  await client.settled();
  exchange.play();
  await exchange.finished;
  await client.settled();
  expect(numbersOf(client)).toEqual([1, 5, 6]);
  expect(exchange.totals().skipped).toEqual({ recording_gap: 2 });
});

test('where the recording lost its connection everybody’s ends, behind what was sent; the tape waits until they are back', async () => {
  const lost = { first_seq: 3, last_seq: null, cause: 'disconnected' };
  const tape = writeTape(folder, 'cut.ndjson', [
    at(1, snapshotOf('A')),
    at(1, snapshotOf('B')),
    ...Array.from({ length: 300 }, () => at(2, deltaOf('A', 'yes', '0.4000', '1.00'))),
    { recv_ms: 3, epoch: 1, event: hole({ channel: 'orderbook_delta', ...lost }) },
    { recv_ms: 3, epoch: 1, event: hole({ channel: 'trade', ...lost }) },
    { recv_ms: 4, epoch: 2, event: deltaOf('B', 'no', '0.3000', '2.00') },
  ]);
  await using exchange = await createExchange({ tapes: [tape], speed: 'max', playback: 'on-play' });
  const first = await TestClient.connect(exchange);
  first.subscribe(1, exchange.markets);
  await first.settled();
  exchange.play();
  expect(await first.closed).toBe(1001);
  expect(numbersOf(first)).toHaveLength(302);

  await using second = await TestClient.connect(exchange);
  second.subscribe(1, ['A']);
  await second.settled();
  // One of two markets is not everything that was followed.
  expect(exchange.totals().deltasPlayed).toBe(300);
  second.subscribe(2, ['B']);
  await exchange.finished;
  await second.settled();
  expect(second.frames.at(-1)).toMatchObject({ type: 'orderbook_delta', msg: { market_ticker: 'B' } });
  expect(exchange.failure).toBeUndefined();
});
