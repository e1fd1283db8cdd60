// What the set of wanted markets remembers, what it is told, and what it answers. How one follows from the other is in market-set.ts.
import type { DiscoveryConfig } from '../config-types.ts';
import type { ListedMarket } from './market-set-rules.ts';

export type Member = { volume: number; closeAtMs: number | null; leaveAtMs: number | null; leaveReason: string };

export type Question = {
  dueAtMs: number;
  asked: boolean;
  /** Answers so far that did not settle it. */
  answers: number;
  /** Answers so far without the market. */
  misses: number;
  failures: number;
};

export type MarketSetCounters = {
  listings: number;
  listingFailures: number;
  lookUps: number;
  lookUpFailures: number;
  added: number;
  removed: number;
  /** Markets of the latest listing that fit and found no room under the limit. */
  overLimit: number;
  /** Announced markets that no look-up found; the next listing has them if they exist. */
  neverFound: number;
};

export type MarketSetState = {
  readonly rules: DiscoveryConfig;
  readonly members: Map<string, Member>;
  readonly questions: Map<string, Question>;
  readonly listing: { dueAtMs: number; asked: boolean; failures: number; again: boolean };
  /** Whether any wanted market is open; `unknown` until the first listing. */
  roll: 'unknown' | 'empty' | 'open';
  /** As the latest step said. */
  wakeAtMs: number;
  readonly counters: MarketSetCounters;
};

/** `random` is uniform in [0, 1): the jitter of whatever is asked again. */
export type MarketSetInput = { readonly atMs: number; readonly random: number } & (
  | { readonly type: 'listed'; readonly markets: readonly ListedMarket[] }
  | { readonly type: 'listing-failed' }
  | { readonly type: 'looked-up'; readonly asked: readonly string[]; readonly markets: readonly ListedMarket[] }
  | { readonly type: 'look-up-failed'; readonly asked: readonly string[] }
  | {
      readonly type: 'lifecycle';
      readonly market: string;
      readonly change: string;
      readonly eventTicker: string | null;
      readonly openAtMs: number | null;
      readonly closeAtMs: number | null;
    }
  /** The connection was away, so events may have been missed. */
  | { readonly type: 'events-missed' }
  | { readonly type: 'time-passed' }
);

export type MarketChange = { readonly market: string; readonly reason: string };

export type MarketSetStep = {
  readonly add: readonly MarketChange[];
  readonly remove: readonly MarketChange[];
  /** A full listing is to be fetched. */
  readonly list: boolean;
  /** These are to be looked up by name. */
  readonly lookUp: readonly string[];
  /** The roll turned empty, or open. */
  readonly roll: 'empty' | 'open' | null;
  /** When to come back with `time-passed`, if nothing happens before. */
  readonly wakeAtMs: number;
};

export const initialMarketSet = (rules: DiscoveryConfig, atMs: number): MarketSetState => ({
  rules,
  members: new Map(),
  questions: new Map(),
  listing: { dueAtMs: atMs, asked: false, failures: 0, again: false },
  roll: 'unknown',
  wakeAtMs: atMs,
  counters: {
    listings: 0,
    listingFailures: 0,
    lookUps: 0,
    lookUpFailures: 0,
    added: 0,
    removed: 0,
    overLimit: 0,
    neverFound: 0,
  },
});
