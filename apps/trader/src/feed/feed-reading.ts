// Whether what the exchange sends is read. Reading stops where records have nowhere to go, and what is sent meanwhile waits in
// the network. After it has been resumed the feed is still behind, until the answer to a question shows that all of what
// was sent before the question has been taken.
import type { OrderbookClient } from '@trader/orderbook-client';
import { systemRuntime, type Runtime } from '../runtime/system-runtime.ts';

export type PauseCause = 'STORE_BEHIND' | 'WAITING_FOR_SESSION';

/** What was sent since then has not been read, or is not known to have been. */
export type Unread = {
  readonly cause: PauseCause;
  readonly sinceMs: number;
  /** Of the wall clock. */
  readonly sinceWallMs: number;
};

export type ReadingView = {
  /** `catching-up`: reading goes on, and what had been waiting is still being read. */
  readonly reading: 'read' | 'paused' | 'catching-up';
  readonly unreadCause: PauseCause | null;
  /** For how long. It stays where reading stops again and again, each time before the end was reached. */
  readonly unreadMs: number;
};

export type FeedReadingOptions = {
  readonly client: Pick<OrderbookClient, 'pause' | 'resume' | 'barrier'>;
  /** `null`: everything is read. Called again with another one when the feed has caught up to where reading stopped next. */
  readonly onChange: (unread: Unread | null) => void;
  readonly runtime?: Pick<Runtime, 'nowMs' | 'monotonicMs'>;
};

export class FeedReading {
  readonly #options: FeedReadingOptions;
  readonly #runtime: Pick<Runtime, 'nowMs' | 'monotonicMs'>;
  #unread: Unread | null = null;
  /** Where reading stopped first after the question that is out had been asked. */
  #next: Unread | null = null;
  #isPaused = false;
  #isAsking = false;

  constructor(options: FeedReadingOptions) {
    this.#options = options;
    this.#runtime = options.runtime ?? systemRuntime;
  }

  /** `null` while everything is read. */
  get unread(): Unread | null {
    return this.#unread;
  }

  get view(): ReadingView {
    const unread = this.#unread;
    return {
      reading: unread === null ? 'read' : this.#isPaused ? 'paused' : 'catching-up',
      unreadCause: unread?.cause ?? null,
      unreadMs: unread === null ? 0 : Math.round(this.#runtime.monotonicMs() - unread.sinceMs),
    };
  }

  pause(cause: PauseCause): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#options.client.pause();
    const unread = { cause, sinceMs: this.#runtime.monotonicMs(), sinceWallMs: this.#runtime.nowMs() };
    if (this.#isAsking) this.#next ??= unread;
    if (this.#unread === null) this.#turn(unread);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#options.client.resume();
    if (!this.#isAsking) this.#ask();
  }

  #turn(unread: Unread | null): void {
    this.#unread = unread;
    this.#options.onChange(unread);
  }

  #ask(): void {
    this.#isAsking = true;
    this.#options.client.barrier().then(
      () => this.#answered(true),
      (error: unknown) => this.#refused((error as { code?: unknown }).code),
    );
  }

  /** A connection that is lost has nothing more to be read; one that does not answer may have. What is closed is not asked again. */
  #refused(code: unknown): void {
    if (code !== 'CLOSED') this.#answered(code !== 'NO_ANSWER');
  }

  #answered(isRead: boolean): void {
    this.#isAsking = false;
    const next = this.#next;
    this.#next = null;
    if (isRead) this.#turn(next);
    if (this.#unread !== null && !this.#isPaused) this.#ask();
  }
}
