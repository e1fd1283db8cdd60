// What the recorded markets are, and whether the exchange trades, as records: whenever that is new, and all of it at the beginning of
// each session, so that a session can be understood by itself.
import {
  createReferenceData,
  type ExchangeState,
  type MarketDescription,
  type ReferenceData,
} from '@trader/market-discovery';
import type { OrderbookClient } from '@trader/orderbook-client';
import type { ExchangeRecord, MarketRecord } from '@trader/session-store';
import type { Log } from '../log/log.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';
import { signedRest } from './discovered-markets.ts';

export type ReferenceRecordsOptions = {
  /** Not started or closed here. */
  readonly client: Pick<OrderbookClient, 'on' | 'status'>;
  readonly restUrl: string;
  readonly credentials: Parameters<typeof signedRest>[1];
  readonly record: (record: MarketRecord | ExchangeRecord) => void;
  readonly log: Log;
};

export class ReferenceRecords {
  readonly #options: ReferenceRecordsOptions;
  readonly #data: ReferenceData;

  constructor(options: ReferenceRecordsOptions) {
    this.#options = options;
    const { client, restUrl, credentials, log } = options;
    const data = createReferenceData({
      ...signedRest(restUrl, credentials),
      onMarket: (description) => this.#recordMarket(description),
      onExchange: (state) => this.#recordExchange(state),
      onProblem: (problem) =>
        problem === null
          ? log.info('what the markets are is known again')
          : log.warn(
              { code: 'NOT_DESCRIBED', problem },
              'what the markets are cannot all be had; it is asked for again, and the books are recorded all the same',
            ),
    });
    this.#data = data;
    client.on('snapshot', ({ market }) => data.follow(market));
    client.on('market-lifecycle', ({ market }) => data.acceptChanged(market));
    client.on('gap', ({ channel }) => channel === 'market_lifecycle_v2' && data.acceptMissed());
    // What happened before a subscription stands, nobody tells.
    client.on('status', ({ to }) => to === 'live' && data.acceptMissed());
  }

  /** A session begins. */
  recordAll(): void {
    const state = this.#data.exchange();
    if (state) this.#recordExchange(state);
    for (const description of this.#data.markets()) this.#recordMarket(description);
  }

  /** What is known of the markets now. */
  markets(): readonly MarketDescription[] {
    return this.#data.markets();
  }

  /** Resolves once no request and no timer is left. */
  async close(): Promise<void> {
    await this.#data.close();
  }

  #recordMarket(description: MarketDescription): void {
    this.#options.record({ kind: 'market', ...this.#place(), ...description });
  }

  #recordExchange(state: ExchangeState): void {
    this.#options.record({ kind: 'exchange', ...this.#place(), market: null, ...state });
  }

  /** It came by no subscription. */
  #place() {
    const { epoch } = this.#options.client.status();
    return { epoch, sid: null, seq: null, exchangeAtMs: null, receivedAtMs: systemRuntime.nowMs() };
  }
}
