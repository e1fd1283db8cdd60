// Records one feed from start to stop: what `run` and `simulate` have in common.
import type { SessionRow } from '@trader/session-store';
import type { Config } from '../config/load-config.ts';
import { leaveNotesIn } from '../log/crash.ts';
import { takeCrashNote } from '../log/crash-note.ts';
import { sentences } from '../errors.ts';
import type { ExchangeFeed } from './exchange-feed.ts';
import { startWatchdog } from '../health/watchdog.ts';
import { flushRepeats, type Log } from '../log/log.ts';
import type { StoreTuning } from '../store/open-store.ts';
import { onReload } from './reload-signal.ts';
import type { SettingsSource } from '../reloader.ts';
import { onStopSignal } from './stop-signal.ts';
import { createTrader, type Trader } from '../trader.ts';

/** The configuration, and what has no setting: leases and batches. */
type RecordConfig = Config & {
  readonly store?: StoreTuning;
  readonly settings?: SettingsSource;
  /** Said once the addresses are. */
  readonly hint?: string;
};

/**
 * Runs until SIGINT, SIGTERM, SIGHUP or `trader.stop()`. A later SIGINT or SIGTERM ends the process at once. SIGUSR2 reads the
 * settings anew.
 *
 * @param meanwhile runs once the recording is under way; it may stop it
 * @returns the last session's row, or `null` if none was opened
 */
export async function record(
  { feed, source, exchange }: ExchangeFeed,
  {
    channels,
    connections,
    database,
    spool,
    exports,
    retention,
    recorder,
    http,
    holdDownMs,
    drainMs,
    store,
    settings,
    hint,
  }: RecordConfig,
  log: Log,
  meanwhile?: (trader: Trader) => Promise<void>,
): Promise<SessionRow | null> {
  await using _exchange = exchange;
  leaveNotesIn(spool.dir);
  const trader = createTrader({
    feed: { ...feed, channels, connections },
    source,
    database,
    recorder,
    port: http.port,
    http,
    holdDownMs,
    drainMs,
    retention,
    store: { spool, ...store },
    exportDir: exports.dir,
    ...(exchange && { faults: exchange.control.faults }),
    ...(settings && { settings }),
    onListening: () => {
      tellOfCrash(spool.dir, log);
      if (hint !== undefined) log.info(hint);
    },
    log,
  });
  onReload(() => trader.reload());
  using _signals = onStopSignal((signal) => void trader.stop(signal).catch(() => undefined));
  const { env: environment } = process;
  const isLive = (): boolean => trader.isLive;
  const stopWatchdog = startWatchdog({ environment, log, isLive, status: () => trader.summary });
  try {
    await trader.start();
    await meanwhile?.(trader);
    return await trader.stopped;
  } finally {
    stopWatchdog();
    flushRepeats(log);
  }
}

/** The last run's, if it left one. */
function tellOfCrash(folder: string, log: Log): void {
  const note = takeCrashNote(folder);
  if (note) {
    const text = `The last run crashed at ${note.at} (${note.code}: ${sentences(note.message)}). Its session is ended, and the spool brought in, by this start`;
    log.warn({ code: 'CRASHED_BEFORE', crash: note }, text);
  }
}
