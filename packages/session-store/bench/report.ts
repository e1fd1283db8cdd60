// What a benchmark prints: one line per contender or figure, and the same as a table when `run.ts` asks for it.
import { availableParallelism, cpus, loadavg } from 'node:os';

export type Goal = { readonly text: string; readonly met: boolean };

export type Row = {
  readonly what: string;
  /** With its unit. */
  readonly figure: string;
  /** Processor time or another figure that stands beside it. */
  readonly beside?: string;
  /** Against what, where it is compared. */
  readonly ratio?: string;
  readonly goal?: Goal;
};

export type Report = { readonly title: string; readonly input: string; readonly rows: readonly Row[] };

export const machine = (): string =>
  `Node ${process.version}, PostgreSQL 18 with fsync on, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ` +
  `${process.platform} ${process.arch}, load ${loadavg()[0]!.toFixed(1)}`;

/** Whole numbers from 100 on, else three digits. */
export const round = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 3 });

export const times = (ratio: number): string => `${ratio.toFixed(2)}x`;

export const atLeast = (value: number, least: number, unit = ''): Goal => ({
  text: `≥ ${least.toLocaleString('en')}${unit}`,
  met: value >= least,
});

export const atMost = (value: number, most: number, unit = ''): Goal => ({
  text: `≤ ${most.toLocaleString('en')}${unit}`,
  met: value <= most,
});

export function print(report: Report): void {
  console.log(`\n${report.title}\n  ${report.input}\n  ${machine()}`);
  const widest = (cell: (row: Row) => string) => Math.max(...report.rows.map((row) => cell(row).length));
  const what = widest((row) => row.what);
  const figure = widest((row) => row.figure);
  const beside = widest((row) => row.beside ?? '');
  for (const row of report.rows) {
    const verdict = row.goal ? `goal ${row.goal.text}: ${row.goal.met ? 'met' : 'missed'}` : '';
    console.log(
      `  ${row.what.padEnd(what)}  ${row.figure.padStart(figure)}  ${(row.beside ?? '').padEnd(beside)}  ${(row.ratio ?? '').padStart(6)}  ${verdict}`.trimEnd(),
    );
  }
  process.send?.(report);
}

export function asMarkdown({ title, input, rows }: Report): string {
  const lines = rows.map(
    ({ what, figure, beside = '', ratio = '', goal }) =>
      `| ${what} | ${figure} | ${beside} | ${ratio} | ${goal ? `${goal.text} ${goal.met ? 'met' : '**missed**'}` : ''} |`,
  );
  const head = ['| | figure | beside it | ratio | goal |', '| --- | ---: | --- | ---: | --- |'];
  return [`**${title}.** ${input}`, '', ...head, ...lines].join('\n');
}
