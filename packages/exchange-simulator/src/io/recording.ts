// A recording is a subscriber like any other, inside the exchange: books, trades and lifecycle of all markets.
import { Conversation } from '../core/socket/conversation.ts';
import type { Hub } from '../core/socket/hub.ts';
import type { Market } from '../core/market/market.ts';
import { newTally } from '../core/tally.ts';
import { TapeRecorder, type TapeRecorderOptions } from './tape-recorder.ts';

export interface RecordingOptions extends TapeRecorderOptions {
  readonly markets: ReadonlyMap<string, Market>;
  readonly hub: Hub;
}

/**
 * What happens from now on, until the recorder is closed.
 *
 * @throws {ExchangeError} `RECORDING_FAILED`
 */
export async function startRecording({ markets, hub, ...options }: RecordingOptions): Promise<TapeRecorder> {
  const recorder = await TapeRecorder.open(options);
  const conversation = new Conversation({
    markets,
    hub,
    keyId: '',
    unknownTicker: 'silent',
    maxMarketsPerSubscription: Infinity,
    // The exchange counts what it does for others.
    tally: newTally(),
    send: (frame) => {
      recorder.write(frame);
      const listed = createdMarketIn(frame);
      // Only after the turn is the new market sure to be among the others.
      if (listed !== undefined) setImmediate(() => follow([listed]));
    },
  });
  const follow = (tickers: readonly string[]): void => {
    const params = { channels: ['orderbook_delta'], market_tickers: tickers };
    conversation.receiveCommand(JSON.stringify({ cmd: 'subscribe', params }));
  };
  conversation.receiveCommand(
    JSON.stringify({ cmd: 'subscribe', params: { channels: ['market_lifecycle_v2', 'trade'] } }),
  );
  if (markets.size > 0) follow([...markets.keys()]);
  return recorder;
}

function createdMarketIn(frame: string): string | undefined {
  if (!frame.startsWith('{"type":"market_lifecycle_v2"')) return undefined;
  const { msg } = JSON.parse(frame) as { msg: { event_type: string; market_ticker: string } };
  return msg.event_type === 'created' ? msg.market_ticker : undefined;
}
