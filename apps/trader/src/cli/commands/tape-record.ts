// `trader tape record`: the frames of the exchange, or of the built-in simulator, into a file that plays again.
import { createOrderbookClient, type OrderbookClient } from '@trader/orderbook-client';
import { commandLog } from '../command-log.ts';
import { loadConfig, type Config, type Values } from '../../config/load-config.ts';
import { DiscoveredMarkets, searchFor } from '../../feed/discovered-markets.ts';
import { liveFeed, simulatedFeed, type ExchangeFeed } from '../exchange-feed.ts';
import type { TraderError } from '../../errors.ts';
import { gapText } from '../../feed/gap-text.ts';
import { flushRepeats, type Log } from '../../log/log.ts';
import { setTimer } from '../../runtime/set-timer.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import { Progress } from '../output/progress.ts';
import { onStopSignal } from '../stop-signal.ts';
import { TapeFile } from '../tape/tape-file.ts';
import { tapeLine } from '../tape/tape-line.ts';
import { tappedSocket } from '../tape/tapped-socket.ts';
import { countText, durationText } from '../output/text-table.ts';

type TapeFlags = {
  readonly out: string;
  /** `null`: until a signal comes. */ readonly forMs: number | null;
  readonly json: boolean;
};

/** What is printed at the end. */
type TapeTotals = {
  readonly file: string;
  /** Frames on the tape, acknowledgements included. */
  readonly frames: number;
  /** Frames that are not on it, as they could not be read back. */
  readonly unreadable: number;
  /** Holes that the exchange's numbers showed. */
  readonly gaps: number;
  readonly markets: number;
  readonly elapsedMs: number;
};

export async function recordTape({ out, forMs, json }: TapeFlags, settings: Values): Promise<void> {
  const loaded = loadConfig(settings);
  const { config } = loaded;
  const log = commandLog(loaded);
  const feed = config.live ? liveFeed(config.live) : await simulatedFeed({});
  await using _exchange = feed.exchange;
  if (!config.live) log.info('No exchange was named, so the tape is of the built-in simulator.');
  using end = new TapeEnd(forMs);
  let client: OrderbookClient | null = null;
  const file = await TapeFile.create({
    path: out,
    onPressure: (isBehind) => (isBehind ? client?.pause() : client?.resume()),
    onFailure: (error) => end.fail(error),
  });
  using progress = new Progress({ shown: !json });
  const counts = { frames: 0, unreadable: 0, gaps: 0 };
  let isViolation = false;
  client = openClient(feed, config, log, (bytes) => {
    // What the client could not read, a tape's player could not either, and one such line spoils a tape.
    const line = isViolation ? null : tapeLine(bytes, systemRuntime.nowMs());
    isViolation = false;
    if (line === null) counts.unreadable++;
    else {
      counts.frames++;
      file.write(line);
    }
    progress.update({ doing: `recording ${out}`, done: counts.frames, of: null, unit: 'frames' });
  });
  client.on('unrecognized', ({ reason }) => (isViolation = reason !== null));
  client.on('gap', () => counts.gaps++);
  const discovery = discoveryFor(feed, client, log);
  const startedMs = systemRuntime.monotonicMs();
  let markets = 0;
  try {
    client.start();
    discovery?.start();
    await end.came;
    markets = client.status().wanted;
  } finally {
    await discovery?.close();
    await client.close();
    flushRepeats(log);
  }
  await file.close();
  progress.clear();
  const totals = { file: out, ...counts, markets, elapsedMs: Math.round(systemRuntime.monotonicMs() - startedMs) };
  process.stdout.write(json ? `${JSON.stringify(totals)}\n` : `${totalsText(totals)}\n`);
}

/** A signal, the end of the time, or a file that fails: whatever comes first. */
class TapeEnd implements Disposable {
  readonly #end = Promise.withResolvers<void>();
  readonly #signals = onStopSignal(() => this.#end.resolve());
  readonly #cancel: () => void;

  constructor(forMs: number | null) {
    this.#cancel = setTimer(forMs ?? Infinity, () => this.#end.resolve());
    // It may come before anybody waits.
    this.#end.promise.catch(() => undefined);
  }

  get came(): Promise<void> {
    return this.#end.promise;
  }

  fail(error: TraderError): void {
    this.#end.reject(error);
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#signals[Symbol.dispose]();
  }
}

function openClient(
  { feed }: ExchangeFeed,
  { channels, connections }: Config,
  log: Log,
  tap: (bytes: Uint8Array) => void,
): OrderbookClient {
  const { discovery, areNamed: _, restUrl: _restUrl, ...options } = feed;
  const client = createOrderbookClient({
    ...options,
    channels: { ...channels, ...(discovery && { market_lifecycle_v2: 'all' as const }) },
    connections,
    openSocket: tappedSocket(tap),
  });
  client.on('problem', ({ error, retryInMs }) => log.warn({ code: error.code, retryInMs }, error.message));
  client.on('gap', (gap) => log.warn({ gap }, gapText(gap)));
  client.on('status', ({ to }) => to === 'live' && log.info({ markets: client.status().wanted }, 'the feed is live'));
  return client;
}

const discoveryFor = ({ feed }: ExchangeFeed, client: OrderbookClient, log: Log): DiscoveredMarkets | null =>
  feed.discovery ? new DiscoveredMarkets({ client, search: searchFor(feed.discovery, feed.credentials), log }) : null;

/** For people. */
function totalsText({ file, frames, unreadable, gaps, markets, elapsedMs }: TapeTotals): string {
  const text = `${file}: ${countText(frames)} frames of ${countText(markets)} markets in ${durationText(elapsedMs)}`;
  return `${text}, ${countText(gaps)} gaps, ${countText(unreadable)} unreadable`;
}
