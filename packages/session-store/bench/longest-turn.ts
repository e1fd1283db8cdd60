import { threadUs } from './processor.ts';

/**
 * The most processor time that this thread used in one go, in ms: a block of the event loop, as long as it would be on a machine that
 * has nothing else to do. One go ends with a turn of the loop, or where the caller says so: a reader that was held up by others finds
 * much to read, one callback after the other.
 */
export class LongestTurn implements Disposable {
  #lastUs = threadUs();
  #longestUs = 0;
  readonly #timer = setInterval(() => this.next(), 1);

  get ms(): number {
    this.next();
    return this.#longestUs / 1000;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  next(): void {
    const nowUs = threadUs();
    this.#longestUs = Math.max(this.#longestUs, nowUs - this.#lastUs);
    this.#lastUs = nowUs;
  }
}
