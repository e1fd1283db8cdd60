import type { SessionCounters } from '@trader/session-store';

/** What is counted of a session, and of a recorder over all its sessions. One that is missing here does not compile. */
export const counterNames = Object.keys({
  messages: 0,
  snapshots: 0,
  deltas: 0,
  trades: 0,
  raw: 0,
  facts: 0,
  gaps: 0,
  shed: 0,
} satisfies Record<keyof SessionCounters, 0>) as readonly (keyof SessionCounters)[];
