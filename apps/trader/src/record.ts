// Records one feed from start to stop: what `run` and `simulate` have in common.
import type { SessionRow } from '@trader/session-store';
import type { Config } from './config.ts';
import type { ExchangeFeed } from './exchange-feed.ts';
import type { Log } from './log.ts';
import { createTrader, type Trader } from './trader.ts';

/**
 * Runs until SIGINT, SIGTERM or `trader.stop()`. A second signal ends the process at once.
 *
 * @param meanwhile runs once the recording is under way; it may stop it
 * @returns the last session's row, or `null` if none was opened
 */
export async function record(
  { feed, source, exchange }: ExchangeFeed,
  { database, recorder, port }: Pick<Config, 'database' | 'recorder' | 'port'>,
  log: Log,
  meanwhile?: (trader: Trader) => Promise<void>,
): Promise<SessionRow | null> {
  await using _exchange = exchange;
  const trader = createTrader({ feed, source, database, recorder, port, log });
  using _signals = onStopSignal((signal) => void trader.stop(signal).catch(() => undefined));
  await trader.start();
  await meanwhile?.(trader);
  return await trader.stopped;
}

function onStopSignal(stop: (signal: NodeJS.Signals) => void): Disposable {
  let stopping = false;
  const listener = (signal: NodeJS.Signals): void => {
    // Whoever sends a second one does not want to wait.
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    stop(signal);
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  for (const signal of signals) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
