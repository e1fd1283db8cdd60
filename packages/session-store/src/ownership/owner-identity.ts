import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * Who a store is to other processes: host, process and start, for people, and at the end something random, which is what
 * makes it different from every other owner there was or will be. A name that stayed the same over restarts would let a
 * new process take the sessions of a dead one for its own.
 */
export function ownerIdentity(nowMs: number): string {
  const startedAt = new Date(nowMs - process.uptime() * 1000).toISOString();
  return `${hostname()}/${process.pid}/${startedAt}/${randomUUID().slice(0, 8)}`;
}
