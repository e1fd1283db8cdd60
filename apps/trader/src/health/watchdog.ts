// Tells systemd that the process lives, by way of `systemd-notify`: Node has no datagram sockets of the kind that systemd listens on.
import { execFile } from 'node:child_process';
import type { Log } from '../log/log.ts';
import { repeatEvery } from '../runtime/set-timer.ts';
import { scrub } from '../secrets/known-secrets.ts';

/** What systemd gives to a service with `WatchdogSec`. */
type WatchdogEnvironment = Readonly<Partial<Record<'NOTIFY_SOCKET' | 'WATCHDOG_USEC' | 'WATCHDOG_PID', string>>>;

export type WatchdogOptions = {
  readonly environment: WatchdogEnvironment;
  readonly log: Log;
  /** While it is false nothing is said, and systemd restarts the service when its time is over. */
  readonly isLive: () => boolean;
  /** For `systemctl status`. */
  readonly status: () => string;
};

/** Words within the time that systemd allows. */
const WORDS_PER_TIME = 3;

/** @returns ends it; nothing is started where no watchdog waits for this process */
export function startWatchdog({ environment, log, isLive, status }: WatchdogOptions): () => void {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment;
  const allowedMs = Number(WATCHDOG_USEC) / 1_000;
  const isForUs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  if (!NOTIFY_SOCKET || !(allowedMs > 0) || !isForUs) return () => undefined;
  const everyMs = allowedMs / WORDS_PER_TIME;
  const say = (): void => {
    if (!isLive()) return log.error({ code: 'NOT_LIVE' }, 'The watchdog is told nothing: the event loop was blocked');
    // One line, as another one would be another word; and `systemctl status` shows it to whoever asks.
    const words = ['WATCHDOG=1', `STATUS=${scrub(status()).replaceAll(/\s+/g, ' ')}`];
    execFile('systemd-notify', words, { timeout: Math.ceil(everyMs) }, (error) => {
      if (error) log.warn({ code: 'WATCHDOG_FAILED' }, `systemd-notify failed: ${error.message}`);
    });
  };
  say();
  return repeatEvery(everyMs, say);
}
