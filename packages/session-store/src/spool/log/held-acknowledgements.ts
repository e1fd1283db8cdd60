import type { SessionStoreError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';

export type HeldSettings = {
  readonly runtime: Runtime;
  /** How long one is held at most before the database is made safe, in ms. */
  readonly everyMs: number;
  /** Sooner when those that are held keep so many bytes in the spool. */
  readonly maxBytes: number;
  /** Resolves once what is committed survives a power cut. Rejects with SessionStoreError only; it is tried again. */
  readonly makeSafe: () => Promise<void>;
  /** What a session, known by its number, has up to this batch is needed no more. */
  readonly release: (session: number, throughBatch: number) => void;
  readonly onFailure: (error: SessionStoreError, failures: number) => void;
};

/**
 * What a database has committed that does not sync by itself. The batches stay in the spool until it was made safe: after a
 * power cut the database may have lost them, and the session's row says so.
 */
export class HeldAcknowledgements {
  readonly #settings: HeldSettings;
  readonly #batches = new Map<number, number>();
  #bytes = 0;
  #failures = 0;
  #running: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  #isOver = false;

  constructor(settings: HeldSettings) {
    this.#settings = settings;
  }

  get isEmpty(): boolean {
    return this.#batches.size === 0;
  }

  /** Size of the payloads that are kept for it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param bytes that are kept for it */
  hold(session: number, throughBatch: number, bytes: number): void {
    this.#batches.set(session, throughBatch);
    this.#bytes += bytes;
    if (this.#bytes >= this.#settings.maxBytes && this.#failures === 0) this.hurry();
    else this.#arm();
  }

  /** The room is needed. */
  hurry(): void {
    if (!this.isEmpty && !this.#isOver) this.#running ??= this.#run();
  }

  /** One last time. Never rejects: what cannot be made safe stays in the spool, and comes again. */
  async finish(): Promise<void> {
    this.#isOver = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.#running;
    if (!this.isEmpty) await this.#run();
  }

  #arm(): void {
    if (this.#isOver || this.#running) return;
    this.#cancelTimer ??= this.#settings.runtime.setTimer(this.#settings.everyMs, () => {
      this.#cancelTimer = null;
      this.hurry();
    });
  }

  async #run(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    // What is committed from now on may be too late for this time.
    const batches = [...this.#batches];
    const bytes = this.#bytes;
    try {
      await this.#settings.makeSafe();
      this.#failures = 0;
      this.#bytes -= bytes;
      for (const [session, batch] of batches) {
        if (this.#batches.get(session) === batch) this.#batches.delete(session);
        this.#settings.release(session, batch);
      }
    } catch (cause) {
      this.#failures++;
      this.#settings.onFailure(cause as SessionStoreError, this.#failures);
    } finally {
      this.#running = null;
      if (!this.isEmpty) this.#arm();
    }
  }
}
