// What a benchmark prints: one line per contender, and rows for the table when `run.ts` asks for them.
import { availableParallelism, cpus } from 'node:os';

export type Row = {
  readonly what: string;
  /** With its unit. */
  readonly figure: string;
  /** Against what, where it is compared. */
  readonly ratio?: string;
  readonly goal?: { readonly text: string; readonly met: boolean };
};

export type Report = { readonly title: string; readonly input: string; readonly rows: readonly Row[] };

export const machine = `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`;

/** Whole numbers from 100 on, else three digits. */
export const round = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 3 });

export const times = (ratio: number): string => `${ratio.toFixed(2)}x`;

export const atLeast = (ratio: number, least: number) => ({ text: `≥ ${least}x`, met: ratio >= least });

export const atMost = (ratio: number, most: number) => ({ text: `≤ ${most}x`, met: ratio <= most });

export function print(report: Report): void {
  console.log(`\n${report.title}\n  ${report.input}\n  ${machine}`);
  const width = Math.max(...report.rows.map(({ what }) => what.length));
  const figureWidth = Math.max(...report.rows.map(({ figure }) => figure.length));
  for (const { what, figure, ratio = '', goal } of report.rows) {
    const verdict = goal ? `goal ${goal.text}: ${goal.met ? 'met' : 'missed'}` : '';
    console.log(
      `  ${what.padEnd(width)}  ${figure.padStart(figureWidth)}  ${ratio.padStart(12)}  ${verdict}`.trimEnd(),
    );
  }
  process.send?.(report);
}

export function asMarkdown({ title, input, rows }: Report): string {
  const lines = rows.map(
    ({ what, figure, ratio = '', goal }) =>
      `| ${what} | ${figure} | ${ratio} | ${goal ? `${goal.text} ${goal.met ? 'met' : '**missed**'}` : ''} |`,
  );
  return [`**${title}.** ${input}`, '', '| | figure | ratio | goal |', '| --- | ---: | ---: | --- |', ...lines].join(
    '\n',
  );
}
