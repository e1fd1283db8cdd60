// Bytes of a book with everything that the client knows of its market, for books of two grids in three numbers. Each
// measurement has a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MemoryOrder, MemoryReport } from './memory-of-books.ts';
import type { Grid } from './market-flow.ts';
import { print, round, type Row } from './report.ts';

const program = fileURLToPath(new URL('./memory-of-books.ts', import.meta.url));
const counts = [1000, 10_000, 50_000];
/** Code is no book's: neither what the engine optimizes meanwhile (up to 130 kB) nor what it throws away unused. */
const UNOPTIMIZED = ['--no-opt', '--no-maglev', '--no-flush-bytecode'];
const mostBytes: Readonly<Record<Grid, number>> = { cent: 2500, 'deci-cent': 7500 };

async function measure(order: MemoryOrder): Promise<MemoryReport> {
  const child = fork(program, [JSON.stringify(order)], { execArgv: UNOPTIMIZED });
  const gone = once(child, 'exit');
  const [report] = (await Promise.race([once(child, 'message'), gone])) as [MemoryReport | number];
  if (typeof report !== 'object') throw new Error(`the measuring process ended with code ${report}`);
  await gone;
  return report;
}

for (const grid of ['cent', 'deci-cent'] as const) {
  const reports: MemoryReport[] = [];
  for (const markets of counts) reports.push(await measure({ grid, markets }));
  const first = reports[0]!.bytesPerBook;
  const most = mostBytes[grid];
  const rows = reports.map(({ bytesPerBook }, index): Row => {
    const change = bytesPerBook / first - 1;
    return {
      what: `${counts[index]!.toLocaleString('en')} markets`,
      figure: `${round(bytesPerBook)} bytes`,
      ratio: `${change < 0 ? '−' : '+'}${Math.abs(100 * change).toFixed(1)} %`,
      goal: { text: `≤ ${most.toLocaleString('en')}, ±5 %`, met: bytesPerBook <= most && Math.abs(change) <= 0.05 },
    };
  });
  print({
    title: `Memory per ${grid} book`,
    input: `through the public client, ${round(reports.at(-1)!.levelsPerBook)} levels a book, after 10 changes of each`,
    rows,
  });
}
