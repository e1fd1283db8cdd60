// What the trader connects to: an exchange with a key of yours, or the simulator in this process.
import { createExchange, type Exchange, type ExchangeOptions } from '@trader/exchange-simulator';
import type { LiveConfig } from '../config/config-types.ts';
import type { TraderOptions } from '../trader.ts';

export type ExchangeFeed = {
  readonly feed: TraderOptions['feed'];
  /** For people: where the frames come from. */
  readonly source: string;
  readonly exchange: Exchange | null;
};

export const liveFeed = (live: LiveConfig): ExchangeFeed => ({
  feed: {
    url: live.wsUrl,
    credentials: { keyId: live.keyId, privateKeyPem: live.privateKeyPem },
    markets: live.markets,
    areNamed: true,
    restUrl: live.restUrl,
    ...(live.discovery && { discovery: { restUrl: live.restUrl, rules: live.discovery } }),
  },
  source: new URL(live.wsUrl).host,
  exchange: null,
});

/** Starts the simulator; all of its markets are recorded. */
export async function simulatedFeed(options: ExchangeOptions): Promise<ExchangeFeed & { readonly exchange: Exchange }> {
  const exchange = await createExchange(options);
  return {
    feed: {
      url: exchange.url,
      credentials: exchange.credentials,
      markets: exchange.markets,
      // What the simulator says of a tape's markets is made up, and they are real ones.
      ...(!options.tapes?.length && { restUrl: exchange.restUrl }),
    },
    source: options.tapes?.length ? 'simulator, from tapes' : 'simulator, generated market',
    exchange,
  };
}
