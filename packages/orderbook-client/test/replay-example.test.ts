// The example of a bot on a recording, as it stands in the folder, on a recording that a client made.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '@trader/testkit';
import { expect, test } from 'vitest';
import { createOrderbookClient } from '../src/index.ts';
import { eventToRecord, RECORDED_EVENTS } from '../src/records.ts';
import { createTestExchange } from '../src/testing/index.ts';

const MARKET = 'KXTEST-26NOV22-A';

test('prints each best bid at its time, and when it was not known', async () => {
  const exchange = createTestExchange();
  exchange.book(MARKET, { yes: [['0.40', '10']], no: [['0.55', '5']] });
  const client = createOrderbookClient({ ...exchange.options, markets: [MARKET] });
  const lines: string[] = [];
  for (const type of RECORDED_EVENTS) client.on(type, (event) => void lines.push(JSON.stringify(eventToRecord(event))));
  client.start();
  await exchange.connected();
  await exchange.advance(1_000);
  exchange.delta(MARKET, 'yes', '0.41', '2');
  await exchange.advance(1_000);
  exchange.holdReplies();
  exchange.gap();
  exchange.delta(MARKET, 'yes', '0.42', '1');
  await exchange.advance(1_000);
  exchange.sendReplies();
  await client.close();

  using folder = temporaryFolder('replay-example-');
  const file = join(folder.path, 'recording.ndjson');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const example = fileURLToPath(new URL('../examples/replay-bot.ts', import.meta.url));
  const ran = await promisify(execFile)(process.execPath, ['--conditions=@trader/source', example, file, MARKET]);
  expect(ran).toEqual({
    stdout: [
      `2027-01-15T08:00:00.000Z ${MARKET} 0.4000`,
      `2027-01-15T08:00:01.000Z ${MARKET} 0.4100`,
      `2027-01-15T08:00:02.000Z ${MARKET} not known: gap`,
      `2027-01-15T08:00:03.000Z ${MARKET} 0.4200`,
      '2 deltas, 1 holes\n',
    ].join('\n'),
    stderr: '',
  });
});
