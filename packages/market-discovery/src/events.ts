import type { MarketDiscoveryError } from './errors.ts';
import type { MarketChange } from './core/state.ts';

/** What a search tells; `on(type, listener)` listens. */
export type MarketDiscoveryEvents = {
  readonly change: ChangeEvent;
  readonly refused: RefusedEvent;
  readonly roll: RollEvent;
  readonly listing: ListingEvent;
  readonly problem: ProblemEvent;
  readonly 'listener-failed': ListenerFailedEvent;
};

/** Markets came or went, each with why. */
export type ChangeEvent = {
  readonly type: 'change';
  readonly added: readonly MarketChange[];
  readonly removed: readonly MarketChange[];
};

/** A market, or an entry of a listing, cannot be followed as it is. It is told once, for as long as the listings have it so. */
export type RefusedEvent = { readonly type: 'refused'; readonly market: string; readonly reason: string };

/** Whether any market that fits is open turned. */
export type RollEvent = { readonly type: 'roll'; readonly roll: 'empty' | 'open' };

/** A listing ended; what follows from it has been told. */
export type ListingEvent = {
  readonly type: 'listing';
  /** `partial`: a series or a page could not be had; what came was taken. */
  readonly outcome: 'whole' | 'partial' | 'failed';
  /** Markets that it added and removed. */
  readonly added: number;
  readonly removed: number;
};

/** A listing or a look-up failed, in whole or in part. It is tried again, and no market is dropped for it. */
export type ProblemEvent = {
  readonly type: 'problem';
  /** What could not be done, in words. */
  readonly what: string;
  /** Its code is that of the first part which failed; its message names five of the parts. */
  readonly error: MarketDiscoveryError;
};

/** A listener threw, or returned a promise that rejected. */
export type ListenerFailedEvent = { readonly type: 'listener-failed'; readonly error: MarketDiscoveryError };

export type MarketDiscoveryEvent = MarketDiscoveryEvents[keyof MarketDiscoveryEvents];

/** Every type of event. */
export const EVENT_TYPES = ['change', 'refused', 'roll', 'listing', 'problem', 'listener-failed'] as const;
