/** Counts what arrives, and tells how long it took from the first to the last. */
export class Countdown {
  /** Milliseconds. Rejects when not everything came within two minutes. */
  readonly done: Promise<number>;
  #left: number;
  #startedMs = 0;
  #finish: (elapsedMs: number) => void = () => undefined;

  constructor(total: number) {
    this.#left = total;
    this.done = new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`${this.#left} of ${total} did not arrive`)), 120_000);
      this.#finish = (elapsedMs) => {
        clearTimeout(limit);
        resolve(elapsedMs);
      };
    });
  }

  tick(amount = 1): void {
    if (this.#startedMs === 0) this.#startedMs = performance.now();
    this.#left -= amount;
    if (this.#left === 0) this.#finish(performance.now() - this.#startedMs);
  }
}
