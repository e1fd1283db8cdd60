// SIGINT and SIGTERM: the first asks for an end, the second one makes it.

/** `128 + n`, as shells have it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof EXIT_CODES;
const SIGNALS = Object.keys(EXIT_CODES) as StopSignal[];

/** Calls `stop` at the first signal. At the second one the process ends at once: its sender does not want to wait. */
export function onStopSignal(stop: (signal: StopSignal) => void): Disposable {
  let stopping = false;
  const listener = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(EXIT_CODES[signal as StopSignal]);
    stopping = true;
    stop(signal as StopSignal);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
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
  process.stderr.write(`trader: ended by ${received as StopSignal} before it was done\n`);
  process.exitCode = EXIT_CODES[received as StopSignal];
}
