// All benchmarks, one after the other, each in a process of its own; then their figures as Markdown.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { asMarkdown, machine, type Report } from './report.ts';

const programs = [
  ['ingest.ts'],
  ['ingest.ts', '--tls'],
  ['book-apply.ts'],
  ['memory.ts'],
  ['many-markets.ts'],
  ['latency.ts'],
  ['resync.ts'],
  ['one-gap.ts'],
  ['event-queue.ts'],
  ['replay.ts'],
  ['compression.ts'],
] as const;

const reports: Report[] = [];
for (const [program, ...args] of programs) {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), args);
  child.on('message', (report: Report) => reports.push(report));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) {
    console.error(`${program} ended with code ${code}`);
    process.exitCode = 1;
  }
}
console.log(`\n${machine}\n\n${reports.map(asMarkdown).join('\n\n')}`);
