// What asks for an end: SIGINT, SIGTERM, a closed terminal (SIGHUP), and a launcher that is gone. The first one asks, and a later
// SIGINT or SIGTERM makes it.
import { askForReload } from './reload-signal.ts';
import { standardError } from '../log/standard-error.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';

/** `128 + n`, as shells have it. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof EXIT_CODES;
const SIGNALS = Object.keys(EXIT_CODES) as StopSignal[];

/** Ctrl-C reaches every process of a terminal, and npm hands its own on: what comes so soon is the same wish once more. */
const SAME_WISH_MS = 1_000;

/** Who wants to know that an end is asked for. */
const listeners = new Set<(signal: StopSignal) => void>();

/**
 * Calls `stop` at the first wish. At a later SIGINT or SIGTERM the process ends at once: its sender does not want to wait. A
 * hang-up, or what a launcher hands on, is nobody's impatience and never does so.
 */
export function onStopSignal(stop: (signal: StopSignal) => void): Disposable {
  let askedMs: number | null = null;
  const ask = (signal: StopSignal): void => {
    if (askedMs !== null) return;
    askedMs = systemRuntime.monotonicMs();
    stop(signal);
  };
  const listener = (received: NodeJS.Signals): void => {
    const signal = received as StopSignal;
    const isAnother = askedMs !== null && systemRuntime.monotonicMs() - askedMs >= SAME_WISH_MS;
    if (isAnother && signal !== 'SIGHUP') process.exit(EXIT_CODES[signal]);
    ask(signal);
  };
  listeners.add(ask);
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      listeners.delete(ask);
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}

/**
 * Ends with whoever started this process and opened a channel to it, as `npm start` does. The launcher hands on the signals that
 * it gets, SIGUSR2 too; and however it ends, killed with -9 too, the system closes the channel, which counts as a hang-up.
 */
export function endWithLauncher(): void {
  // Undefined without a channel.
  if (process.connected === undefined) return;
  const ask = (signal: StopSignal): void => {
    if (listeners.size === 0) process.exit(EXIT_CODES[signal]);
    for (const listener of listeners) listener(signal);
  };
  if (!process.connected) return ask('SIGHUP');
  process.on('message', (message) => {
    const signal = SIGNALS.find((each) => each === message);
    if (signal) ask(signal);
    if (message === 'SIGUSR2') askForReload();
  });
  process.once('disconnect', () => ask('SIGHUP'));
  // It is no reason to stay alive.
  process.channel?.unref();
}

/**
 * Does work that a signal cuts short. Then the exit code says so, as what was written is not all there is.
 *
 * @param work ends soon, with any rejection, once its signal is aborted
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  let received: StopSignal | null = null;
  using _signals = onStopSignal((signal) => {
    received = signal;
    controller.abort(new Error(`ended by ${signal}`));
  });
  try {
    await work(controller.signal);
  } catch (error) {
    if (received === null) throw error;
  }
  if (received === null) return;
  standardError.write(`trader: ended by ${received as StopSignal} before it was done\n`);
  process.exitCode = EXIT_CODES[received as StopSignal];
}
