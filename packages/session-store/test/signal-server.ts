import { readdirSync, readFileSync } from 'node:fs';
import type { TestPostgres } from '@trader/testkit';
import postgres from 'postgres';

/** Stops a whole server, its connections included, as a machine that is suspended does. Linux. @returns lets it go on */
export async function signalServer(server: TestPostgres, signal: 'SIGSTOP'): Promise<() => void> {
  const sql = postgres(server.url, { max: 1 });
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const postmaster = parentOf(row!.pid);
  await sql.end({ timeout: 1 });
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === postmaster);
  const all = [postmaster, ...children];
  const send = (name: NodeJS.Signals) => {
    for (const pid of all) {
      try {
        process.kill(pid, name);
      } catch {
        // One that has ended meanwhile.
      }
    }
  };
  send(signal);
  return () => send('SIGCONT');
}

function parentOf(pid: number): number {
  try {
    // The name may hold spaces and parentheses; the state and the parent come after its last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return -1;
  }
}
