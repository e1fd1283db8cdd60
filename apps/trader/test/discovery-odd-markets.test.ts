// A listing with markets that cannot be recorded, before a whole trader: the others are recorded, and the odd ones are named.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createExchange } from '@trader/exchange-simulator';
import { expect, test, vi } from 'vitest';
import type { DiscoveryConfig } from '../src/config/config-types.ts';
import { createLog } from '../src/log/log.ts';
import type { Status } from '../src/status.ts';
import { createTrader } from '../src/trader.ts';
import { newDatabase } from './databases.ts';

const RULES: DiscoveryConfig = {
  series: ['KXSIM', 'KXBAD'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 3,
  reconcileEveryMs: 1_000,
  keepAfterCloseMs: 100,
};

const until = (fact: () => void | Promise<void>) => vi.waitFor(fact, { timeout: 30_000, interval: 20 });

/** REST of the exchange, with further entries in each listing. */
async function oddRest(restUrl: string, odd: () => readonly unknown[], isRefused: (series: string | null) => boolean) {
  const answer = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
    const series = new URL(path, 'http://x').searchParams.get('series_ticker');
    if (isRefused(series)) return { status: 400, text: '{"error":{"code":"bad_series","message":"no such series"}}' };
    const response = await fetch(new URL(path, restUrl));
    const body = (await response.json()) as { markets?: unknown[] };
    // First, and with the most volume: under a limit they would take the others' room.
    if (body.markets && series === 'KXSIM') body.markets.unshift(...odd());
    return { status: response.status, text: JSON.stringify(body) };
  };
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then(({ status, text }) => response.writeHead(status).end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    restUrl: `http://127.0.0.1:${port}${new URL(restUrl).pathname}`,
    [Symbol.asyncDispose]: async () => void (server.closeAllConnections(), server.close()),
  };
}

const entry = (ticker: string) => ({ ticker, event_ticker: 'KXSIM', status: 'active', volume_fp: '1000000.00' });

test(
  'one market outside the expected letters stops no other, and is named for as long as it is listed',
  { timeout: 90_000 },
  async () => {
    await using exchange = await createExchange({ markets: 3, deltasPerSecond: 50 });
    let odd: readonly unknown[] = [entry('KXSIM-ODD ONE'), entry('KXSIM,2'), { ticker: 'KXSIM-NOSTATUS' }];
    let isSeriesBad = true;
    await using rest = await oddRest(
      exchange.restUrl,
      () => odd,
      (series) => isSeriesBad && series === 'KXBAD',
    );
    const lines: string[] = [];
    const trader = createTrader({
      feed: {
        url: exchange.url,
        credentials: exchange.credentials,
        markets: [],
        discovery: { restUrl: rest.restUrl, rules: RULES },
      },
      source: 'test',
      database: { url: await newDatabase() },
      recorder: 'test',
      port: 0,
      log: createLog('info', { destination: { write: (line) => void lines.push(line) } }),
    });
    await trader.start();
    const ask = async (path: string): Promise<Response> => fetch(new URL(path, trader.url!));
    const status = async (): Promise<Status> => (await (await ask('/status')).json()) as Status;

    // One series cannot be listed: that is not all that was asked for. The others are recorded.
    await until(() =>
      expect(trader.status()).toMatchObject({ ready: false, session: {}, feed: { wanted: 3, synced: 3 } }),
    );
    expect(trader.status().health.causes).toMatchObject([{ component: 'markets' }]);
    const { discovery } = await status();
    expect(discovery).toMatchObject({ roll: 'open', wanted: 3, markets: 3, overLimit: 0, refused: 3 });
    expect(discovery!.refusals.map(({ market }) => market)).toEqual(['KXSIM-ODD ONE', 'KXSIM,2', 'KXSIM-NOSTATUS']);
    expect(discovery!.problem).toMatch(/^KXBAD: .*HTTP 400 bad_series/);
    const metrics = await (await ask('/metrics')).text();
    expect(metrics).toMatch(/^trader_discovery_refused_markets 3$/m);
    expect(metrics).toMatch(/^trader_discovery_markets 3$/m);
    expect(metrics).toMatch(/^trader_discovery_failing 1$/m);

    // Listing after listing: told once each.
    isSeriesBad = false;
    await until(() => {
      expect(trader.status()).toMatchObject({ ready: true, discovery: { problem: null, refused: 3 } });
    });
    const { listings } = trader.status().discovery!;
    await until(() => expect(trader.status().discovery!.listings).toBeGreaterThan(listings + 1));
    const told = lines
      .filter((line) => line.includes('MARKET_REFUSED'))
      .map((line) => JSON.parse(line) as { market: string });
    expect(told.map(({ market }) => market)).toEqual(['KXSIM-ODD ONE', 'KXSIM,2', 'KXSIM-NOSTATUS']);

    odd = [];
    await until(async () => expect((await status()).discovery).toMatchObject({ refused: 0, refusals: [], markets: 3 }));
    await trader.stop('the test is over');
    expect(await trader.stopped).toMatchObject({ status: 'closed', gaps: 0 });
  },
);
