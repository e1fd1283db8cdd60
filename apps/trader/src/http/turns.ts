// Costly work takes turns: one piece in a round of the event loop. Between any two of them the loop reads frames, writes
// batches and answers probes, however many ask.

export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /** Resolves when it is the caller's turn: at once, unless somebody had one in this round. */
  take(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#isTaken) this.#waiting.push(resolve);
    else this.#give(resolve);
    return promise;
  }

  #give(turn: () => void): void {
    this.#isTaken = true;
    turn();
    setImmediate(() => {
      const next = this.#waiting.shift();
      if (next) this.#give(next);
      else this.#isTaken = false;
    });
  }
}
