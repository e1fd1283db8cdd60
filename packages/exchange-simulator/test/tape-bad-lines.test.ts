// A tape with lines that are no frames: with somebody to be told, they are left out and everything else is played.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, expect, test } from 'vitest';
import { createExchange, type BadLine } from '../src/index.ts';

const folder = temporaryFolder('exchange-bad-lines-');
afterAll(() => folder.remove());

const at = (ms: number, type: string, msg: object): string =>
  JSON.stringify({ recv_ms: 1_786_405_577_000 + ms, event: { type, sid: 1, seq: ms, msg } });
const named = { market_ticker: 'KXA', market_id: 'id-of-a' };
const levels = { yes_dollars_fp: [['0.4000', '10.00']], no_dollars_fp: [] };
const snapshot = (ms: number): string => at(ms, 'orderbook_snapshot', { ...named, ...levels });
const delta = (ms: number): string =>
  at(ms, 'orderbook_delta', { ...named, price_dollars: '0.4000', delta_fp: '1.00', side: 'yes' });

function tape(name: string, lines: readonly string[]): string {
  const file = join(folder.path, name);
  writeFileSync(file, lines.join('\n'));
  return file;
}

async function played(tapes: readonly string[]) {
  const bad: BadLine[] = [];
  await using exchange = await createExchange({
    tapes,
    speed: 1_000_000,
    playback: 'on-play',
    onBadLine: (line) => bad.push(line),
  });
  exchange.play();
  await exchange.finished;
  return { bad, failure: exchange.failure, stats: exchange.totals() };
}

test('bad lines are told with file, line and what was expected, and the others are played', async () => {
  const file = tape('bad.ndjson', [
    'nonsense',
    snapshot(1),
    delta(2),
    '{"type":"orderbook_delta","msg":{}}',
    delta(3),
    // As a recorder leaves it that was killed.
    delta(4).slice(0, 50),
  ]);
  const { bad, failure, stats } = await played([file]);
  expect(bad.map(({ line }) => line)).toEqual([1, 4, 6]);
  expect(bad[1]).toEqual({ file, line: 4, expected: 'msg.market_ticker as text' });
  expect(failure).toBeUndefined();
  expect(stats).toMatchObject({ deltasPlayed: 2 });
});

test('one bad tape among several is still a tape', async () => {
  const good = tape('good.ndjson', [snapshot(1), delta(2)]);
  const other = tape('other.ndjson', [snapshot(1).replaceAll('KXA', 'KXB'), 'x']);
  const { bad, stats } = await played([good, other]);
  expect(bad).toMatchObject([{ file: other, line: 2 }]);
  expect(stats).toMatchObject({ deltasPlayed: 1 });
});

test('what has no frame at all is no tape', async () => {
  const file = tape('picture.ndjson', ['\u0000\u0001', 'x', 'y']);
  await expect(played([file])).rejects.toMatchObject({ code: 'TAPE_INVALID' });
});

test('without anybody to be told, a bad line refuses the tape', async () => {
  const file = tape('refused.ndjson', [snapshot(1), 'x']);
  await expect(createExchange({ tapes: [file] })).rejects.toMatchObject({ code: 'TAPE_INVALID', line: 2 });
});
