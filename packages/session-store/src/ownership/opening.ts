import type { SessionStoreError } from '../errors.ts';
import type { SessionId } from '../records.ts';
import { RecorderBusyError, type Beginning, type Predecessor } from './open-session.ts';
import type { OwnedSession } from './owned-session.ts';

export type Reserved = Beginning & { readonly id: SessionId };

/**
 * A session's row, which is made once. Where the database is away the session begins without it: then whoever needs the row first has
 * it made.
 */
export class Opening {
  readonly beginning: Reserved;
  readonly session: OwnedSession;
  readonly #make: (isLate: boolean) => Promise<Predecessor | null>;
  #making: { readonly isLate: boolean; readonly done: Promise<void> } | null = null;
  #predecessor: Predecessor | null = null;
  #isMade = false;
  #isLate = false;
  #onMade: () => void = () => undefined;
  /** The lease that was in the way. */
  #busy: string | null = null;

  /** @param make harmless when repeated */
  constructor(beginning: Reserved, make: (isLate: boolean) => Promise<Predecessor | null>) {
    const { id, recorder } = beginning;
    this.beginning = beginning;
    this.session = { id, recorder, fencingToken: 1, status: 'active' };
    this.#make = make;
  }

  /** What it continues, as the database had that when the row was made. */
  get predecessor(): Predecessor | null {
    return this.#predecessor;
  }

  get isMade(): boolean {
    return this.#isMade;
  }

  /** The session has begun, with its row or without. @param onMade called once it has its row */
  begin(onMade: () => void): void {
    this.#isLate = !this.#isMade;
    this.#onMade = onMade;
    if (this.#isMade) onMade();
  }

  /**
   * Resolves once there is a row.
   *
   * @throws {SessionStoreError} why the database failed. RECORDER_BUSY: `retryable` as long as the other owner may be dead, as its
   *   lease runs out then
   */
  async made(): Promise<void> {
    // What an opening still has under way fails for other reasons than a session that has begun.
    if (this.#isLate && this.#making?.isLate === false) await this.#making.done.catch(() => undefined);
    if (this.#isMade) return;
    this.#making ??= { isLate: this.#isLate, done: this.#try(this.#isLate) };
    await this.#making.done;
  }

  async #try(isLate: boolean): Promise<void> {
    try {
      this.#predecessor = await this.#make(isLate);
      this.#isMade = true;
      this.#onMade();
    } catch (cause) {
      throw isLate && cause instanceof RecorderBusyError ? this.#judge(cause) : cause;
    } finally {
      this.#making = null;
    }
  }

  /** A lease that is another than before was renewed, or taken: its owner lives. */
  #judge(error: RecorderBusyError): SessionStoreError {
    this.#busy ??= error.lease;
    return this.#busy === error.lease ? error : error.forGood();
  }
}
