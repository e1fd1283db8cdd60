// Lines to a stream at the pace of whoever reads it. What is written in one turn of the event loop goes out in one piece.
import type { Writable } from 'node:stream';

const PIECE_CHARACTERS = 65_536;

export class LineOutput {
  readonly #stream: Writable;
  readonly #onError: (error: NodeJS.ErrnoException) => void;
  #waiting = '';
  #flushing: NodeJS.Immediate | undefined;
  #room: Promise<void> | null = null;
  #failure: NodeJS.ErrnoException | null = null;
  #fail: (error: NodeJS.ErrnoException) => void = () => undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    this.#onError = (error) => {
      this.#failure ??= error;
      this.#fail(error);
    };
    stream.on('error', this.#onError);
  }

  /** Why nothing more can be written: the reader went away, as `head` does (EPIPE), or the disk is full. */
  get failure(): NodeJS.ErrnoException | null {
    return this.#failure;
  }

  /**
   * @returns a promise to wait for when the reader is behind
   * @throws the stream's error
   */
  write(line: string): Promise<void> | undefined {
    if (this.#failure) throw this.#failure;
    this.#waiting += `${line}\n`;
    if (this.#waiting.length >= PIECE_CHARACTERS) this.#flush();
    // At a paced replay, what is due must not wait for the piece to be full.
    else this.#flushing ??= setImmediate(() => this.#flush());
    return this.#room ?? undefined;
  }

  /** Whoever waits for the reader waits no more. */
  interrupt(reason: Error): void {
    this.#fail(reason);
  }

  /** Resolves when everything is on its way. */
  async end(): Promise<void> {
    this.#flush();
    if (this.#failure) throw this.#failure;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write('', (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Lets the stream go without a last word. */
  release(): void {
    clearImmediate(this.#flushing);
  }

  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    if (this.#waiting === '' || this.#failure) return;
    const piece = this.#waiting;
    this.#waiting = '';
    if (this.#stream.write(piece) || this.#room) return;
    this.#room = new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#stream.once('drain', resolve);
    }).finally(() => (this.#room = null));
    // It may fail while nobody waits; the next write says so.
    this.#room.catch(() => undefined);
  }
}
