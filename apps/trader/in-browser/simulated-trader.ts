// A trader that records the simulator, as a process of its own, so that the page has a core to itself: `node simulated-trader.ts
// <ExchangeOptions as JSON>`. Its first message is its address; it ends with whoever started it.
import { once } from 'node:events';
import { temporaryFolder } from '@trader/testkit';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';

const folder = temporaryFolder('trader-in-browser-');
const { feed, source, exchange } = await simulatedFeed(JSON.parse(process.argv[2]!));
const trader = createTrader({
  feed: { ...feed, channels: { trade: 'markets', market_lifecycle_v2: 'all' } },
  source,
  database: { dataDir: folder.path },
  recorder: 'trader',
  port: 0,
  // Short, so that a session that ends needs no minutes.
  holdDownMs: 4_000,
  faults: exchange.control.faults,
  log: createLog('silent'),
});
await trader.start();
await trader.ready;
process.send!(new URL(trader.url!).origin);
await once(process, 'disconnect');
await trader.stop('nobody looks any more');
await exchange.close();
folder.remove();
process.exit(0);
