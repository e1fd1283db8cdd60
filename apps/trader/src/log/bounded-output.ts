// Text to somebody who may have stopped to read: it is handed over a piece at a time, waits in memory up to a bound, and what
// is beyond that, or could not be written, is counted. Whoever writes never waits.
import { setTimer } from '../runtime/set-timer.ts';

/** Takes one piece and tells what became of it. It is given the next one then. */
export type Sink = (bytes: Buffer, done: (error?: Error | null) => void) => void;

export type BoundedOutputOptions = {
  /** What may wait, the piece included that is being written. */
  readonly maxBytes: number;
  /** Called when there is room again, with how many lines were lost since the last call. */
  readonly onRoom?: (lines: number) => void;
};

export class BoundedOutput {
  readonly #sink: Sink;
  readonly #maxBytes: number;
  #onRoom: (lines: number) => void;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #isWriting = false;
  /** Until half of the room is free again: otherwise every second line would be lost, and each told of. */
  #isFull = false;
  #dropped = 0;
  #untold = 0;
  #flushes: (() => void)[] = [];

  constructor(sink: Sink, { maxBytes, onRoom = () => undefined }: BoundedOutputOptions) {
    this.#sink = sink;
    this.#maxBytes = maxBytes;
    this.#onRoom = onRoom;
  }

  /** Lines that nobody will read, since the start. */
  get droppedLines(): number {
    return this.#dropped;
  }

  /** In place of whoever was told until now. */
  onRoom(listener: (lines: number) => void): void {
    this.#onRoom = listener;
  }

  /** One line, or what is to be dropped as if it were one. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    this.#isFull ||= this.#bytes + bytes.length > this.#maxBytes;
    if (this.#isFull) return this.#lose(1);
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    this.#pump();
  }

  /** Resolves with true once nothing waits, or with false after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (this.#bytes === 0) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = setTimer(timeoutMs, () => resolve(false));
    this.#flushes.push(() => resolve(true));
    const isDone = await promise;
    cancel();
    return isDone;
  }

  #pump(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    const lines = this.#waiting;
    this.#waiting = [];
    const piece = lines.length === 1 ? lines[0]! : Buffer.concat(lines);
    this.#isWriting = true;
    this.#sink(piece, (error) => {
      this.#isWriting = false;
      this.#bytes -= piece.length;
      if (error) this.#lose(lines.length);
      if (this.#bytes <= this.#maxBytes / 2) this.#isFull = false;
      if (!error && !this.#isFull) this.#tell();
      this.#pump();
      if (this.#bytes === 0) for (const done of this.#flushes.splice(0)) done();
    });
  }

  #lose(lines: number): void {
    this.#dropped += lines;
    this.#untold += lines;
  }

  #tell(): void {
    const lines = this.#untold;
    this.#untold = 0;
    if (lines > 0) this.#onRoom(lines);
  }
}
