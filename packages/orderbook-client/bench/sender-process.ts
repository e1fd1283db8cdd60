// Starts the sender and gives it orders.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WEBSOCKET_PATH } from '../src/wire.ts';
import { tickerOf } from './frames.ts';
import type { Grid } from './market-flow.ts';

export type SenderOptions = {
  readonly grid: Grid;
  readonly markets: number;
  /** How many are prepared. */
  readonly deltas: number;
  /** Answers questions for all books after one lost frame. */
  readonly repairs?: boolean;
  /** PEM texts; without them it speaks plain `ws`. */
  readonly tls?: { readonly key: string; readonly cert: string };
};

export type SenderOrder =
  | { readonly do: 'play' }
  | { readonly do: 'pace'; readonly perSecond: number }
  | { readonly do: 'lose-one' }
  | { readonly do: 'cut' };

/** Times are those of `stampNow`. */
export type SenderReport =
  | {
      readonly type: 'ready';
      readonly port: number;
      readonly bestBids: readonly number[];
      readonly deltaBytes: number;
      readonly levelsPerBook: number;
    }
  | { readonly type: 'connected'; readonly at: number }
  | { readonly type: 'cut'; readonly at: number };

/** An exchange in another process. Its orders are for the newest connection; each one is served the same bytes. */
export interface Sender extends AsyncDisposable {
  readonly url: string;
  readonly markets: readonly string[];
  readonly deltas: number;
  /** All deltas on the wire, frame headers included. */
  readonly deltaBytes: number;
  /** Mean of both sides together, in the snapshots. */
  readonly levelsPerBook: number;
  /** The best YES bids after the last delta, by market, in 1/10,000 dollar. */
  readonly bestBids: readonly number[];
  /** When the newest connection was accepted. */
  readonly connectedAt: number;
  /** Sends every delta, as fast as it is read. */
  play(): void;
  /** Sends every delta with the time of its sending, so many a second. */
  pace(perSecond: number): void;
  /** Leaves a number out, and sends the next one. */
  loseOne(): void;
  /** Ends the connection without a word. Resolves with the time at which that happened. */
  cut(): Promise<number>;
}

export async function startSender(options: SenderOptions): Promise<Sender> {
  const program = fileURLToPath(new URL('./sender.ts', import.meta.url));
  const child = fork(program, [JSON.stringify(options)]);
  const order = (message: SenderOrder): void => void child.send(message);
  let connectedAt = 0;
  let onCut: (at: number) => void = () => undefined;
  // Nothing that waits for a broken sender is worth waiting for: this ends the benchmark.
  child.on('exit', (code) => {
    if (code !== 0) throw new Error(`the sender ended with code ${code}`);
  });
  const ready = await new Promise<Extract<SenderReport, { type: 'ready' }>>((resolve) => {
    child.on('message', (report: SenderReport) => {
      if (report.type === 'ready') resolve(report);
      else if (report.type === 'connected') connectedAt = report.at;
      else onCut(report.at);
    });
  });
  return {
    url: `${options.tls ? 'wss' : 'ws'}://127.0.0.1:${ready.port}${WEBSOCKET_PATH}`,
    markets: Array.from({ length: options.markets }, (_, index) => tickerOf(index)),
    deltas: options.deltas,
    deltaBytes: ready.deltaBytes,
    levelsPerBook: ready.levelsPerBook,
    bestBids: ready.bestBids,
    get connectedAt() {
      return connectedAt;
    },
    play: () => order({ do: 'play' }),
    pace: (perSecond) => order({ do: 'pace', perSecond }),
    loseOne: () => order({ do: 'lose-one' }),
    cut: () =>
      new Promise((resolve) => {
        onCut = resolve;
        order({ do: 'cut' });
      }),
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
