// What asks for an end: SIGINT, SIGTERM, a closed terminal (SIGHUP), and a launcher that is gone. The first one asks, and a later
// SIGINT or SIGTERM makes it.
import { standardError } from './standard-error.ts';
import { systemRuntime } from './system-runtime.ts';

/** `128 + n`, as shells have it. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof EXIT_CODES;
const SIGNALS = Object.keys(EXIT_CODES) as StopSignal[];

/** Ctrl-C reaches every process of a terminal, and npm hands its own on: what comes so soon is the same wish once more. */
const SAME_WISH_MS = 1_000;

/**
 * Calls `stop` at the first signal. At a later SIGINT or SIGTERM the process ends at once: its sender does not want to wait. A
 * hang-up is nobody's impatience, and never does so.
 */
export function onStopSignal(stop: (signal: StopSignal) => void): Disposable {
  let firstMs: number | null = null;
  const listener = (received: NodeJS.Signals): void => {
    const signal = received as StopSignal;
    const nowMs = systemRuntime.monotonicMs();
    if (firstMs === null) {
      firstMs = nowMs;
      return stop(signal);
    }
    if (signal !== 'SIGHUP' && nowMs - firstMs >= SAME_WISH_MS) process.exit(EXIT_CODES[signal]);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}

/**
 * Ends with whoever started this process and opened a channel to it (`npm start` does): however that one ends, killed with -9
 * too, the system closes the channel. It counts as a hang-up.
 */
export function endWithLauncher(): void {
  // Undefined without a channel.
  if (process.connected === undefined) return;
  const hangUp = (): void => {
    if (!process.emit('SIGHUP', 'SIGHUP')) process.exit(EXIT_CODES.SIGHUP);
  };
  if (!process.connected) return hangUp();
  process.once('disconnect', hangUp);
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
