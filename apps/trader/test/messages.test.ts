// What the program says when something is wrong reads as sentences, whoever wrote the part in the middle.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { examine } from '../src/cli/commands/doctor.ts';
import { readStore } from '../src/cli/reading/read-store.ts';
import { TapeFile } from '../src/cli/tape/tape-file.ts';
import { resolveConfig, type Values } from '../src/config/load-config.ts';
import { findingLines } from '../src/doctor/doctor-report.ts';
import { messageOf, sentences } from '../src/errors.ts';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { resolveHttpOptions } from '../src/config/http-options.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { freePort } from './program.ts';

describe('sentences', () => {
  test.each([
    [['It broke', 'Mend it'], 'It broke. Mend it'],
    [['It broke.', 'Mend it.'], 'It broke. Mend it'],
    [['It broke. ', ' Mend it'], 'It broke. Mend it'],
    [['and so on ...', 'Mend it'], 'and so on .... Mend it'],
  ])('%j', (parts, text) => expect(sentences(...parts)).toBe(text));
});

/** Two full stops that are no ellipsis, or words of advice that follow a quoted path without any. */
const ODD = /(?<!\.)\.\s?\.(?!\.)|' (?:Give|Check|Name|It is)\b/;

/** What it throws, as the program's last line would have it. */
async function saidBy(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return messageOf(error);
  }
  throw new Error('nothing was wrong');
}

test('no message of what fails has a full stop too many, or one too few', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'file');
  const nowhere = join(folder.path, 'nowhere');
  writeFileSync(file, 'this is no key\n');
  const port = await freePort();
  const away = { database: `postgres://me@127.0.0.1:${port}/x` };
  const exchange = { wsUrl: `ws://127.0.0.1:${port}/`, keyId: 'x', markets: 'X-1' };
  const resolve = (flags: Values): unknown => resolveConfig(flags, {}, { directory: folder.path });
  const said = await Promise.all([
    saidBy(() => resolve({ ...exchange, keyFile: file })),
    saidBy(() => resolve({ ...exchange, keyFile: nowhere })),
    saidBy(() => resolve({ databasePasswordFile: nowhere, ...away })),
    saidBy(() => resolve({ config: nowhere })),
    saidBy(() => resolveHttpOptions({ port: 0, tokenFile: nowhere })),
    saidBy(() => resolveHttpOptions({ port: 0, tls: { certFile: nowhere, keyFile: nowhere } })),
    saidBy(() => readStore(away)),
    saidBy(() => readStore({ database: file })),
    saidBy(() => readStore({ database: nowhere })),
    saidBy(() =>
      TapeFile.create({ path: join(nowhere, 'x'), onPressure: () => undefined, onFailure: () => undefined }),
    ),
  ]);
  for (const wrong of [
    { port: '0', ...away },
    { port: '0', database: file },
    { port: '0', database: file, spoolDir: file, ...exchange, keyFile: file },
    { port: '-1', drain: '30d' },
  ]) {
    said.push(findingLines(await examine(wrong, {})));
  }
  // This one waits for the database, and says so in its log.
  const log = createLog('info', { destination: { write: (line) => void said.push(line) } });
  const { feed, source, exchange: simulator } = await simulatedFeed({});
  await using _simulator = simulator;
  const trader = createTrader({ feed, source, database: { url: away.database }, recorder: 'x', port: null, log });
  await trader.start();
  await trader.stop('enough').catch(() => undefined);
  expect(said.join('\n')).toContain('It is tried again');
  expect(said.flatMap((text) => text.split('\n')).filter((line) => ODD.test(line))).toEqual([]);
});
