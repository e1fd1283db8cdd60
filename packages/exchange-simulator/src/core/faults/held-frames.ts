// Frames that are on their way but not there yet, by the moment when they leave.
import type { Payload } from './draft.ts';

/** Why a frame is held: a stall or a slow link may end before its time and lets go of what it held. */
export type Hold = 'stall' | 'link' | 'delay';

type Held = { readonly payload: Payload; readonly bytes: number; dueMs: number; readonly hold: Hold };
type Overtaken = Held & { left: number };

export class HeldFrames {
  /** By `dueMs`; those of the same moment in the order in which they came. */
  #queue: Held[] = [];
  /** Waiting until others have passed them. */
  #overtaken: Overtaken[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0 && this.#overtaken.length === 0;
  }

  /** When the next one leaves, at the latest. */
  get nextDueMs(): number | undefined {
    const next = this.#overtaken.reduce(
      (least, { dueMs }) => Math.min(least, dueMs),
      this.#queue[0]?.dueMs ?? Infinity,
    );
    return next === Infinity ? undefined : next;
  }

  /** @param dueMs `Infinity`: until `makeDue` */
  hold(payload: Payload, dueMs: number, hold: Hold): void {
    const held = { payload, bytes: sizeOf(payload), dueMs, hold };
    this.#bytes += held.bytes;
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1]?.dueMs ?? 0) > dueMs) at--;
    this.#queue.splice(at, 0, held);
  }

  holdBehind(payload: Payload, frames: number, dueMs: number): void {
    const bytes = sizeOf(payload);
    this.#bytes += bytes;
    this.#overtaken.push({ payload, bytes, dueMs, hold: 'delay', left: frames });
  }

  /** A frame has left. @returns those that waited for it to pass */
  releaseOvertaken(): Payload[] {
    for (const held of this.#overtaken) held.left--;
    const free = this.#overtaken.filter(({ left }) => left <= 0);
    if (free.length > 0) this.#overtaken = this.#overtaken.filter(({ left }) => left > 0);
    return this.#release(free);
  }

  /** Takes out what is due. */
  releaseDue(nowMs: number): Payload[] {
    let end = 0;
    while ((this.#queue[end]?.dueMs ?? Infinity) <= nowMs) end++;
    const ripe = this.#queue.splice(0, end);
    const late = this.#overtaken.filter(({ dueMs }) => dueMs <= nowMs);
    if (late.length > 0) this.#overtaken = this.#overtaken.filter(({ dueMs }) => dueMs > nowMs);
    return this.#release([...ripe, ...late]);
  }

  /** Makes due what was held for this reason. @returns whether there was something */
  makeDue(hold: Hold, nowMs: number): boolean {
    if (!this.#queue.some((held) => held.hold === hold)) return false;
    for (const held of this.#queue) if (held.hold === hold) held.dueMs = Math.min(held.dueMs, nowMs);
    this.#queue = this.#queue.toSorted((a, b) => (a.dueMs === b.dueMs ? 0 : a.dueMs - b.dueMs));
    return true;
  }

  /** When the last one leaves. */
  get lastDueMs(): number {
    return this.#queue.at(-1)?.dueMs ?? -Infinity;
  }

  clear(): number {
    const lost = this.#queue.length + this.#overtaken.length;
    this.#queue = [];
    this.#overtaken = [];
    this.#bytes = 0;
    return lost;
  }

  #release(held: readonly Held[]): Payload[] {
    for (const { bytes } of held) this.#bytes -= bytes;
    return held.map(({ payload }) => payload);
  }
}

/** A text's bytes are about its characters: nearly everything is ASCII. */
export const sizeOf = ({ data }: Payload): number => data.length;
