// What the set of wanted markets remembers, what it is told, and what it answers. How one follows from the other is in set.ts.
import type { ListedMarket, MarketRules } from './rules.ts';

/** `closeAtMs` is the exchange's time, `leaveAtMs` one of the monotonic clock. */
export type Member = { volume: number; closeAtMs: number | null; leaveAtMs: number | null; leaveReason: string };

/** A market, or an entry of a listing, that cannot be recorded as it is. */
export type Refusal = { readonly market: string; readonly reason: string };

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
  readonly rules: MarketRules;
  readonly members: Map<string, Member>;
  readonly questions: Map<string, Question>;
  /** By market, with the reason: as the latest whole listing had them, and what came in since. */
  readonly refused: Map<string, string>;
  readonly listing: {
    dueAtMs: number;
    asked: boolean;
    failures: number;
    /** When another one is due although one is under way; `Infinity`: when its time comes. */
    againAtMs: number;
  };
  /** Whether any wanted market is open; `unknown` until the first listing. */
  roll: 'unknown' | 'empty' | 'open';
  /** As the latest step said. */
  wakeAtMs: number;
  readonly counters: MarketSetCounters;
};

/**
 * `atMs` is of the monotonic clock, as all times of the state are but those that the exchange names; for these there is `wallMs`,
 * in ms since the Unix epoch. A wall clock that is wrong makes a question come early or late, and nothing else: what is wanted
 * follows from answers, and each listing is judged anew. `random` is uniform in [0, 1): the jitter of whatever is asked again.
 */
export type MarketSetInput = {
  readonly atMs: number;
  readonly wallMs: number;
  readonly random: number;
} & MarketSetFact;

/** What happened. When is put to it as it is taken. */
export type MarketSetFact =
  | {
      readonly type: 'listed';
      readonly markets: readonly ListedMarket[];
      readonly refused: readonly Refusal[];
      /** False when a part could not be had: what came is taken, what did not come means nothing, and it is listed again. */
      readonly isWhole: boolean;
    }
  | { readonly type: 'listing-failed' }
  | {
      readonly type: 'looked-up';
      readonly asked: readonly string[];
      readonly markets: readonly ListedMarket[];
      readonly refused: readonly Refusal[];
    }
  | { readonly type: 'look-up-failed'; readonly asked: readonly string[] }
  | {
      readonly type: 'lifecycle';
      readonly market: string;
      readonly change: string;
      readonly eventTicker: string | null;
      readonly openAtMs: number | null;
      readonly closeAtMs: number | null;
      /** Why such a market could not be recorded; `null` if it can. */
      readonly refusal: string | null;
    }
  /** The connection was away, or an event could not be read. A listing that makes up for it is due within so many ms. */
  | { readonly type: 'events-missed'; readonly withinMs: number }
  | { readonly type: 'time-passed' };

export type MarketChange = { readonly market: string; readonly reason: string };

export type MarketSetStep = {
  readonly add: readonly MarketChange[];
  readonly remove: readonly MarketChange[];
  /** Those that are refused and were not before. */
  readonly refused: readonly Refusal[];
  /** A full listing is to be fetched. */
  readonly list: boolean;
  /** These are to be looked up by name. */
  readonly lookUp: readonly string[];
  /** The roll turned empty, or open. */
  readonly roll: 'empty' | 'open' | null;
  /** When to come back with `time-passed`, if nothing happens before, by the monotonic clock. */
  readonly wakeAtMs: number;
};

export const initialMarketSet = (rules: MarketRules, atMs: number): MarketSetState => ({
  rules,
  members: new Map(),
  questions: new Map(),
  refused: new Map(),
  listing: { dueAtMs: atMs, asked: false, failures: 0, againAtMs: Infinity },
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
