// Prints which markets of some series open and close. Lists of markets are public: no key is needed.
//
//   node examples/print-changes.ts KXBTC15M KXGOLD15M
import { createMarketDiscovery } from '@trader/market-discovery';

const discovery = createMarketDiscovery({
  restUrl: process.env['KALSHI_REST_URL'] ?? 'https://external-api.kalshi.com/trade-api/v2',
  series: process.argv.slice(2),
});

discovery.on('change', ({ added, removed }) => {
  for (const { market, reason } of added) console.log(`+ ${market} (${reason})`);
  for (const { market, reason } of removed) console.log(`- ${market} (${reason})`);
});
discovery.on('roll', ({ roll }) => console.log(roll === 'open' ? 'markets are open' : 'no market is open now'));
discovery.on('refused', ({ market, reason }) => console.error(`${market} cannot be followed: ${reason}`));
discovery.on('problem', ({ what, error }) =>
  console.error(`${what}: ${error.code}: ${error.message}. ${error.advice}`),
);
discovery.start();

process.once('SIGINT', () => void discovery.close());
