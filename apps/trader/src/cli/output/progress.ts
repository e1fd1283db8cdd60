// Tells people how far a long work is: a line that is drawn over in a terminal, a line now and then otherwise. It has no timer:
// it speaks when it is told something, so that nothing is left to be stopped.
import { systemRuntime } from '../../runtime/system-runtime.ts';
import { standardError } from '../../log/standard-error.ts';
import { progressLine, type ProgressState } from './progress-line.ts';

/** Often enough to be seen moving. */
const REDRAWN_EVERY_MS = 100;
/** Rare enough for a log file. */
const WRITTEN_EVERY_MS = 5_000;

export type ProgressOptions = {
  /** False for machines: nothing is written. */
  readonly shown: boolean;
  /** @default standard error, so that results can be piped */
  readonly stream?: {
    write(text: string): unknown;
    readonly isTTY?: boolean | undefined;
    readonly columns?: number | undefined;
  };
  /** For durations. @default the system's monotonic clock */
  readonly nowMs?: () => number;
};

const toStandardError: NonNullable<ProgressOptions['stream']> = {
  write: (text) => standardError.write(text),
  get isTTY() {
    return process.stderr.isTTY;
  },
  get columns() {
    return process.stderr.columns;
  },
};

export class Progress implements Disposable {
  readonly #stream: NonNullable<ProgressOptions['stream']>;
  readonly #nowMs: () => number;
  readonly #shown: boolean;
  readonly #startedMs: number;
  #toldMs: number;
  #drawn = false;

  constructor({ shown, stream = toStandardError, nowMs = () => systemRuntime.monotonicMs() }: ProgressOptions) {
    this.#shown = shown;
    this.#stream = stream;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
    // A terminal shows the first state at once; in a log short work need not be mentioned.
    this.#toldMs = stream.isTTY ? -Infinity : this.#startedMs;
  }

  /** Cheap enough to be called for each page. */
  update(state: ProgressState): void {
    const atMs = this.#nowMs();
    const everyMs = this.#stream.isTTY ? REDRAWN_EVERY_MS : WRITTEN_EVERY_MS;
    if (!this.#shown || atMs - this.#toldMs < everyMs) return;
    this.#toldMs = atMs;
    const elapsedMs = atMs - this.#startedMs;
    if (!this.#stream.isTTY) {
      this.#stream.write(`${progressLine(state, elapsedMs, 0)}\n`);
      return;
    }
    // A longer line would wrap, and could not be drawn over. The cursor goes back, so that another line does not begin behind it.
    const line = progressLine(state, elapsedMs).slice(0, (this.#stream.columns ?? 80) - 1);
    this.#stream.write(`\r\u001B[K${line}\r`);
    this.#drawn = true;
  }

  /** Takes the line away, for another one. */
  clear(): void {
    if (this.#drawn) this.#stream.write('\r\u001B[K');
    this.#drawn = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
