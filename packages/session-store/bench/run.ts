// All benchmarks, one after the other, each in a process of its own; then their figures as Markdown.
// node --conditions=@trader/source run.ts
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { asMarkdown, machine, type Report } from './report.ts';

const programs = ['write.ts', 'ingest.ts', 'feed.ts', 'size.ts', 'read.ts', 'growth.ts'] as const;

const started = performance.now();
const reports: Report[] = [];
for (const program of programs) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = fork(path, { execArgv: ['--conditions=@trader/source'] });
  child.on('message', (report: Report) => reports.push(report));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) {
    console.error(`${program} ended with code ${code}`);
    process.exitCode = 1;
  }
}
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`\n${machine()}; ${seconds} s in all\n\n${reports.map(asMarkdown).join('\n\n')}`);
