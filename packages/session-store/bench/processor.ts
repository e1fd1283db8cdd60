// Processor time says what wall time cannot on a machine that does other things too.
import { readFileSync } from 'node:fs';

/** In microseconds. `thread` is this thread's; `process` has garbage collection, the compiler and file writes too. */
export type NodeTime = { readonly thread: number; readonly process: number };

const sum = ({ user, system }: NodeJS.CpuUsage) => user + system;

export const threadUs = (): number => sum(process.threadCpuUsage());

export const nodeTime = (): NodeTime => ({ thread: threadUs(), process: sum(process.cpuUsage()) });

export const nodeTimeSince = (start: NodeTime): NodeTime => {
  const now = nodeTime();
  return { thread: now.thread - start.thread, process: now.process - start.process };
};

/** Of 1/100 s, which is what Linux counts in. */
const tickUs = 10_000;

/** What the server's processes with these ids have used so far, in microseconds; NaN where /proc does not tell. */
export function serverUs(pids: Iterable<number>): number {
  let total = 0;
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      total += (Number(user) + Number(system)) * tickUs;
    } catch {
      return Number.NaN;
    }
  }
  return total;
}
