// How often something may be done: tokens that refill with time. In go a cost and a time, out comes whether there was enough.
export interface TokenBucketOptions {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** Kalshi's rate limit: full at the start, refilled continuously, and a request that finds too little takes nothing. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #refillPerMs: number;
  #tokens: number;
  #atMs: number;

  constructor({ capacity, refillPerSecond }: TokenBucketOptions, nowMs: number) {
    this.#capacity = capacity;
    this.#refillPerMs = refillPerSecond / 1000;
    this.#tokens = capacity;
    this.#atMs = nowMs;
  }

  /** @returns false when there is too little */
  takeTokens(cost: number, nowMs: number): boolean {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#atMs) * this.#refillPerMs);
    this.#atMs = nowMs;
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }
}
