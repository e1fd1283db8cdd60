// The longest times that the settings take are times that a trader works with: Node's timers alone would ring at once.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createExchange } from '@trader/exchange-simulator';
import { temporaryFolder } from '@trader/testkit';
import { expect, test, vi } from 'vitest';
import { newDatabase } from './databases.ts';
import { resolveConfig } from '../src/config/load-config.ts';
import { liveFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';

test('a trader with the longest times records, and no timer rings early', async () => {
  await using exchange = await createExchange({ markets: 2, deltasPerSecond: 100 });
  using folder = temporaryFolder();
  const keyFile = join(folder.path, 'key.pem');
  writeFileSync(keyFile, exchange.credentials.privateKeyPem);
  const config = resolveConfig(
    {
      wsUrl: exchange.url,
      keyId: exchange.credentials.keyId,
      keyFile,
      database: await newDatabase(),
      // With none that is open nothing but the next listing is waited for.
      series: 'KXNONE',
      closesWithin: '3650d',
      reconcileEvery: '3650d',
      keepAfterClose: '3650d',
      retentionMaxAge: '3650d',
      holdDown: '1d',
      drain: '1d',
    },
    {},
    { directory: folder.path },
  );
  const warnings: string[] = [];
  const onWarning = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
  process.on('warning', onWarning);
  const { feed, source } = liveFeed(config.live!);
  const { database, retention, recorder, holdDownMs, drainMs } = config;
  const log = createLog('silent');
  const trader = createTrader({ feed, source, database, retention, recorder, holdDownMs, drainMs, port: null, log });
  try {
    await trader.start();
    expect(await trader.ready).toBe(true);
    await vi.waitFor(() => expect(trader.discovery?.roll).toBe('empty'), { timeout: 30_000 });
    // A cut, so that the hold-down's clock runs, too.
    exchange.dropConnections();
    const again = { phase: 'live', epoch: 2 };
    await vi.waitFor(() => expect(trader.client?.status()).toMatchObject(again), { timeout: 30_000 });
  } finally {
    await trader.stop('done');
  }
  expect(await trader.stopped).toMatchObject({ status: 'closed' });
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});
