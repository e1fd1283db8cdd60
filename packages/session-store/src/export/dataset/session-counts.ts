import type { DatasetScope, Miscount } from './dataset-options.ts';
import type { DatasetPlan } from './dataset-plan.ts';
import type { ExportedKind } from '../tables.ts';
import type { DatasetPart, ManifestSession } from './manifest.ts';

/** A session's counter, and the tables that have what it counts. */
const counters: readonly (readonly [counter: Miscount['kind'], tables: readonly ExportedKind[]])[] = [
  ['deltas', ['deltas']],
  ['snapshots', ['snapshots']],
  ['trades', ['trades']],
  ['gaps', ['gaps']],
  ['facts', ['markets', 'lifecycle', 'tickers', 'exchange']],
];

/** What the dataset has of each session, against what the store counted: for those that are over, and exported whole. */
export function countSessions(
  { sessions }: DatasetPlan,
  { what, markets, fromMs, toMs }: DatasetScope,
  parts: ReadonlyMap<string, DatasetPart>,
): { readonly sessions: readonly ManifestSession[]; readonly miscounted: readonly Miscount[] } {
  const records = new Map<string, Record<string, number>>();
  const damaged = new Set<string>();
  for (const part of parts.values()) {
    for (const each of part.damaged) damaged.add(each.session);
    for (const { session, records: count } of part.sessions) {
      const of = records.get(session) ?? {};
      of[part.kind] = (of[part.kind] ?? 0) + count;
      records.set(session, of);
    }
  }
  const isAll = markets === null && fromMs === null && toMs === null;
  const miscounted: Miscount[] = [];
  const found = sessions.map(({ row, expiredBeforeMs }): ManifestSession => {
    const of = Object.fromEntries(what.map((kind) => [kind, records.get(row.id)?.[kind] ?? 0]));
    const isWhole = isAll && row.status !== 'active' && expiredBeforeMs === null && !damaged.has(row.id);
    const wrong = counters.flatMap(([kind, tables]): Miscount[] => {
      if (!tables.every((table) => what.includes(table))) return [];
      const exported = tables.reduce((sum, table) => sum + of[table]!, 0);
      return exported === row[kind] ? [] : [{ session: row.id, kind, exported, counted: row[kind] }];
    });
    if (isWhole) miscounted.push(...wrong);
    return {
      session: row.id,
      recorder: row.recorder,
      status: row.status,
      startedAtMs: row.startedAtMs,
      endedAtMs: row.endedAtMs,
      endReason: row.endReason,
      records: of,
      agrees: isWhole ? wrong.length === 0 : null,
    };
  });
  return { sessions: found, miscounted };
}
