import type { Verdict } from './laws.ts';

/** What came of one kind of fault. */
export type FaultResult = {
  readonly fault: string;
  /** How often it happened. */
  readonly runs: number;
  readonly verdict: Verdict;
  /** What should not have happened, and the database does not show. */
  readonly problems: readonly string[];
};

/** Several databases as one. */
export function sumOf(verdicts: readonly Verdict[]): Verdict {
  const names = Object.keys(verdicts[0]!) as (keyof Verdict)[];
  const sums = names.map((name) => [name, verdicts.reduce((sum, verdict) => sum + verdict[name], 0)]);
  return Object.fromEntries(sums) as Verdict;
}

const headings = {
  sessions: 'sessions',
  records: 'records',
  orphans: 'orphans',
  duplicates: 'duplicates',
  unnamedHoles: 'unnamed',
  lost: 'lost',
  twoOwners: '2 owners',
  wrong: 'wrong',
  miscounted: 'miscounted',
  wrongBooks: 'bad books',
  falselySynced: 'bad synced',
  unverified: 'unverified',
  books: 'books',
  watchedWrites: 'writes seen',
} as const satisfies Record<keyof Verdict, string>;

/** A line for each fault, under a line of headings. */
export function table(results: readonly FaultResult[]): string[] {
  const columns = Object.keys(headings) as (keyof typeof headings)[];
  const rows = [
    ['', 'runs', ...columns.map((column) => headings[column])],
    ...results.map(({ fault, runs, verdict }) =>
      [fault, runs, ...columns.map((column) => verdict[column])].map(String),
    ),
  ];
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  return rows.map((row) =>
    row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!))).join('  '),
  );
}

export const pause = async (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
