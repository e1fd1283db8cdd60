// REST's limits: a Read bucket of tokens for each account. In go requests, out comes whether one more may be made now.
import { TokenBucket } from '../token-bucket.ts';

/** Tokens of a request that the exchange has no other price for. */
export const DEFAULT_COST = 10;

/** Of the Basic tier since September 2026, when all limits rose by a fifth. */
export const READ_TOKENS_PER_SECOND = 240;

/** Of the same tier; order entry is to draw on it. */
const WRITE_TOKENS_PER_SECOND = 120;

/** Seconds of refill that the Read bucket holds, as on the Basic and Advanced tiers. */
const READ_CAPACITY_S = 2;

/** The Read bucket of each account; requests without a signature share one. */
export class RateLimits {
  readonly #readPerSecond: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(readPerSecond: number) {
    this.#readPerSecond = readPerSecond;
  }

  /** The answer to `GET /account/limits`. */
  get body(): object {
    return {
      grants: [],
      read: { bucket_capacity: this.#readCapacity, refill_rate: this.#readPerSecond },
      usage_tier: 'basic',
      write: { bucket_capacity: WRITE_TOKENS_PER_SECOND, refill_rate: WRITE_TOKENS_PER_SECOND },
    };
  }

  /** @returns whether the account may make one more request now */
  takeRead(account: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(account) ?? this.#openBucket(account, nowMs);
    return bucket.takeTokens(DEFAULT_COST, nowMs);
  }

  #openBucket(account: string, nowMs: number): TokenBucket {
    const bucket = new TokenBucket({ capacity: this.#readCapacity, refillPerSecond: this.#readPerSecond }, nowMs);
    this.#buckets.set(account, bucket);
    return bucket;
  }

  get #readCapacity(): number {
    return this.#readPerSecond * READ_CAPACITY_S;
  }
}
