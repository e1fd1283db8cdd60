import type { Problem } from './stream-check.ts';
import type { SessionId } from '../../records.ts';

/** What a session is checked for. */
export type Law =
  /** Status, end and lease say the same, and the last record is the one that the session names. */
  | 'session row'
  /** An active session has an owner whose lease runs. */
  | 'no orphan'
  /** The session's counters are what is stored and what has expired; its recorder's are no less than its sessions' together. */
  | 'counters'
  /** Each chunk's columns fit each other. */
  | 'readable'
  /** Of each (epoch, sid): stored numbers and the ledger are every number from the first to the last. */
  | 'no unnamed hole'
  /** No number of an (epoch, sid) is stored twice. */
  | 'no duplicate'
  /** From a snapshot on, no level falls below 0, and no prices cross where `maxPriceSum` says when they do. */
  | 'books fold';

export interface LawResult {
  readonly law: Law;
  readonly ok: boolean;
  /** How many were looked at: columns of the row, counters, chunks' records, numbers, records, deltas folded. */
  readonly checked: number;
  /** The first 20. */
  readonly problems: readonly Problem[];
  /** All of them. */
  readonly problemCount: number;
}

export interface Verification {
  readonly session: SessionId;
  readonly ok: boolean;
  readonly laws: readonly LawResult[];
  /** Numbers of its subscriptions, from each one's first to its last, and how many of them are not stored. */
  readonly numbers: { readonly expected: number; readonly missing: number };
  /** Whose books it recorded, in order of their first record. */
  readonly markets: readonly VerifiedMarket[];
}

/** What a session has of a market's book. */
export interface VerifiedMarket {
  readonly market: string;
  readonly snapshots: number;
  readonly deltas: number;
  /** When the first and the last of these arrived, in ms since the epoch. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

const mostProblems = 20;

const laws: readonly Law[] = [
  'session row',
  'no orphan',
  'counters',
  'readable',
  'no unnamed hole',
  'no duplicate',
  'books fold',
];

/** What was found, law by law. */
export class Findings {
  readonly #byLaw = new Map(laws.map((law) => [law, { checked: 0, problemCount: 0, problems: [] as Problem[] }]));

  checked(law: Law, count: number): void {
    this.#byLaw.get(law)!.checked += count;
  }

  report(law: Law, problem: Problem): void {
    const found = this.#byLaw.get(law)!;
    found.problemCount++;
    if (found.problems.length < mostProblems) found.problems.push(problem);
  }

  /** One that is of the session as a whole. */
  say(law: Law, message: string): void {
    this.report(law, { message, epoch: null, sid: null, firstSeq: null, lastSeq: null });
  }

  results(): readonly LawResult[] {
    return [...this.#byLaw].map(([law, found]) => ({ law, ok: found.problemCount === 0, ...found }));
  }
}
