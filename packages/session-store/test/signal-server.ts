import { readdirSync, readFileSync } from 'node:fs';
import type { TestPostgres } from '@trader/testkit';
import postgres from 'postgres';

/** Stops a whole server, its connections included, as a machine that is suspended does. Linux. @returns lets it go on */
export async function stopServer(server: TestPostgres): Promise<() => void> {
  const all = await processesOf(server);
  return () => send(all, 'SIGCONT');
}

/** SIGKILL to all of it at once; resolves when it is gone, and `start` brings it back. Linux. */
export async function killServer(server: TestPostgres): Promise<void> {
  const all = await processesOf(server);
  send(all, 'SIGKILL');
  while (all.some((pid) => parentOf(pid) !== -1)) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** All of its processes, stopped: the first of them before it can start another. */
async function processesOf(server: TestPostgres): Promise<readonly number[]> {
  const sql = postgres(server.url, { max: 1 });
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const postmaster = parentOf(row!.pid);
  await sql.end({ timeout: 1 });
  // Not a number of a process, and a signal to -1 goes to all there are.
  if (postmaster < 2)
    throw new Error(`The server's process was not found: the parent of ${row!.pid} is ${postmaster}.`);
  send([postmaster], 'SIGSTOP');
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === postmaster);
  send(children, 'SIGSTOP');
  return [postmaster, ...children];
}

function send(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // One that has ended meanwhile.
    }
  }
}

/** -1 for one that is gone, or has ended and is only waited for. */
function parentOf(pid: number): number {
  try {
    // The name may hold spaces and parentheses; the state and the parent come after its last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? -1 : Number(parent);
  } catch {
    return -1;
  }
}
