import type { SessionEnd } from '../ownership/end-session.ts';
import type { SpoolDamage, SpooledEntry } from './spool.ts';
import { decodeControl } from './spool-control.ts';

/** One part as it was found, and whether something is missing in front of it. */
export type FoundPart = { readonly payload: Uint8Array; readonly afterHole: boolean };

/** What the spool has of one batch. */
export type SpooledBatch = { readonly session: string; readonly ordinal: number; readonly parts: readonly FoundPart[] };

/**
 * Sorts one session's entries into batches, and notices where some are missing. Entries come in order; a batch is complete
 * when an entry of a later one comes, or none at all.
 */
export class SpooledBatches {
  readonly session: string;
  readonly #damage: readonly SpoolDamage[];
  #position = -1;
  #batch: number;
  #parts: FoundPart[] = [];
  #isHole = false;
  #end: SessionEnd | null = null;

  /** @param lastBatch the last one that the database has */
  constructor(session: string, damage: readonly SpoolDamage[], lastBatch: number) {
    this.session = session;
    this.#damage = damage;
    this.#batch = lastBatch;
  }

  /** How the session was to end, if that was found. */
  get end(): SessionEnd | null {
    return this.#end;
  }

  /** Whether something is missing behind the last part. */
  get endsInHole(): boolean {
    // Whoever recovers puts its own name behind the hole.
    if (this.#isHole) return true;
    return this.#damage.some(
      ({ firstPosition, before }) => firstPosition > this.#position && before?.session === this.session,
    );
  }

  /** @returns the batch before, if this entry begins another one */
  add({ position, batch, payload }: SpooledEntry): SpooledBatch | null {
    const control = decodeControl(payload);
    // Each batch begins with its owner.
    const isBeginning = control?.kind === 'owner' && batch <= this.#batch + 1;
    this.#isHole ||= batch > this.#batch + 1 || (this.#wasDamaged(position) && !(this.#position < 0 && isBeginning));
    const done = batch > this.#batch ? this.take() : null;
    this.#position = position;
    this.#batch = Math.max(batch, this.#batch);
    if (control?.kind === 'end') this.#end = control.end;
    if (control) return done;
    this.#parts.push({ payload, afterHole: this.#isHole });
    this.#isHole = false;
    return done;
  }

  /** The batch that is being collected; `null` when there is nothing of it. */
  take(): SpooledBatch | null {
    if (this.#parts.length === 0) return null;
    return { session: this.session, ordinal: this.#batch, parts: this.#parts.splice(0) };
  }

  /** Whether the log has a hole between the entry before and this one. */
  #wasDamaged(position: number): boolean {
    return this.#damage.some(
      ({ firstPosition, before, after }) =>
        firstPosition > this.#position &&
        firstPosition < position &&
        (this.#position >= 0 || before?.session === this.session || after?.session === this.session),
    );
  }
}
