// Every timer of the app is set here. Node takes delays of 0 to 2^31 - 1 ms: of anything else it makes 1 ms, and a timer that
// sets itself anew then fires a thousand times a second.

const LONGEST_DELAY_MS = 2 ** 31 - 1;
/** For what is no number, which is a mistake of ours: neither a flood nor a wait without end. */
const ODD_DELAY_MS = 1_000;

export type TimerOptions = {
  /** Whether the process stays alive for it. @default true */
  readonly keepsAlive?: boolean;
};

/**
 * Calls `fire` once after `delayMs`, however long that is: soon when it is not above 0, never when it is `Infinity`.
 *
 * @returns cancels it; harmless twice, and afterwards
 */
export function setTimer(delayMs: number, fire: () => void, { keepsAlive = true }: TimerOptions = {}): () => void {
  let leftMs = Math.max(0, Math.ceil(Number.isNaN(delayMs) ? ODD_DELAY_MS : delayMs));
  if (leftMs === Infinity) return () => undefined;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const partMs = Math.min(leftMs, LONGEST_DELAY_MS);
    timer = setTimeout(() => {
      leftMs -= partMs;
      if (leftMs > 0) arm();
      else fire();
    }, partMs);
    if (!keepsAlive) timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}

/** Calls `fire` again and again, `everyMs` after each time; the result ends that. */
export function repeatEvery(everyMs: number, fire: () => void): () => void {
  let cancel = (): void => undefined;
  const arm = (): void => {
    cancel = setTimer(everyMs, () => {
      arm();
      fire();
    });
  };
  arm();
  return () => cancel();
}
