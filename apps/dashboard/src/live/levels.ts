// The levels of one book: two maps that the socket's messages change. Who draws them reads them when it draws; nothing is made
// for a change that nobody sees.
import type { LevelsMessage } from './messages.ts';

export type Levels = {
  /** Bids by price; prices of their own side, in 1/10,000 dollar. Sizes in 1/100 contract. */
  readonly yes: ReadonlyMap<number, number>;
  readonly no: ReadonlyMap<number, number>;
  readonly synced: boolean;
  readonly staleReason: string | null;
  /** Levels that the last message changed; of a whole book none. */
  readonly changed: number;
  /** Of the trader's clock, when they were so; `null`: nothing was told yet. */
  readonly atMs: number | null;
};

export const NO_LEVELS: Levels = {
  yes: new Map(),
  no: new Map(),
  synced: false,
  staleReason: null,
  changed: 0,
  atMs: null,
};

/** The levels after a message. The maps of `before` are changed and used again. */
export function applyLevels(before: Levels, { whole, atMs, synced, staleReason, yes, no }: LevelsMessage): Levels {
  return {
    yes: applied(before.yes, yes, whole),
    no: applied(before.no, no, whole),
    synced,
    staleReason,
    changed: whole ? 0 : (yes.length + no.length) / 2,
    atMs,
  };
}

function applied(before: ReadonlyMap<number, number>, changes: readonly number[], whole: boolean): Map<number, number> {
  const sizes = whole ? new Map<number, number>() : (before as Map<number, number>);
  for (let index = 0; index < changes.length; index += 2) {
    const [price, size] = [changes[index]!, changes[index + 1]!];
    if (size === 0) sizes.delete(price);
    else sizes.set(price, size);
  }
  return sizes;
}
