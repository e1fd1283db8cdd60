// What the trader connects to: an exchange with a key of yours, or the simulator in this process.
import { createExchange, type Exchange, type ExchangeOptions } from '@trader/exchange-simulator';
import type { Config } from './config.ts';
import type { TraderOptions } from './trader.ts';

export type ExchangeFeed = {
  readonly feed: TraderOptions['feed'];
  /** For people: where the frames come from. */
  readonly source: string;
  readonly exchange: Exchange | null;
};

export const liveFeed = ({ wsUrl, keyId, privateKeyPem, markets }: NonNullable<Config['live']>): ExchangeFeed => ({
  feed: { url: wsUrl, credentials: { keyId, privateKeyPem }, markets },
  source: new URL(wsUrl).host,
  exchange: null,
});

/** Starts the simulator; all of its markets are recorded. */
export async function simulatedFeed(options: ExchangeOptions): Promise<ExchangeFeed & { readonly exchange: Exchange }> {
  const exchange = await createExchange(options);
  return {
    feed: { url: exchange.url, credentials: exchange.credentials, markets: exchange.markets },
    source: options.tapes?.length ? 'simulator, from tapes' : 'simulator, generated market',
    exchange,
  };
}
