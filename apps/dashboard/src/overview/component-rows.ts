// One row for each part of the trader: how it does, why, and since when.
import type { StatusSummary } from '../live/answers.ts';
import type { Level } from '../shell/mark.tsx';
import { count } from '../text/number.ts';

export type ComponentRow = {
  readonly name: string;
  readonly level: Level;
  readonly health: string;
  readonly cause: string;
  /** Wall clock; `null`: nobody knows. */
  readonly sinceMs: number | null;
};

/** Always shown; of the others only those that are not well. */
const ALWAYS = ['feed', 'spool', 'store'];

const LEVELS: Readonly<Record<string, Level>> = { healthy: 'ok', degraded: 'warn', unhealthy: 'bad', unknown: 'busy' };

export function componentRows(status: StatusSummary): readonly ComponentRow[] {
  const { components } = status.health;
  const row = (name: string): readonly ComponentRow[] => {
    const found = components.find(({ component }) => component === name);
    if (!found) return [];
    return [
      {
        name,
        level: LEVELS[found.status] ?? 'busy',
        health: found.status,
        cause: found.reason,
        sinceMs: found.sinceMs,
      },
    ];
  };
  const others = components.filter(({ component, status }) => !ALWAYS.includes(component) && status !== 'healthy');
  return [
    ...ALWAYS.flatMap(row),
    ...others.flatMap(({ component }) => row(component)),
    ...booksRow(status),
    ...discoveryRow(status),
  ];
}

function booksRow({ feed }: StatusSummary): readonly ComponentRow[] {
  if (!feed) return [];
  const stale = feed.wanted - feed.synced;
  const reasons = Object.entries(feed.stale ?? {})
    .filter(([, books]) => books > 0)
    .map(([reason, books]) => `${reason} ${count(books)}`);
  const health = stale === 0 ? `${count(feed.wanted)} right` : `${count(stale)} of ${count(feed.wanted)} stale`;
  const cause = stale === 0 ? 'every book is in step with the exchange' : reasons.join(', ');
  return [{ name: 'books', level: stale === 0 ? 'ok' : 'warn', health, cause, sinceMs: null }];
}

function discoveryRow({ discovery }: StatusSummary): readonly ComponentRow[] {
  if (!discovery) return [];
  const { problem, roll, markets } = discovery;
  return [
    {
      name: 'discovery',
      level: problem === null ? 'ok' : 'warn',
      health: problem === null ? roll : (discovery.problemCode ?? 'fails'),
      cause: problem ?? `${count(markets)} markets`,
      sinceMs: null,
    },
  ];
}
