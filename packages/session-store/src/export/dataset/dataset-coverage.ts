import { sql } from 'drizzle-orm';
import { numberOf, textOf } from '../../database/rows.ts';
import { lieIn } from '../../partitions/session-days.ts';
import { marketCoverage } from '../../reading/book/market-coverage.ts';
import { sessionTimes, uuids } from '../../reading/market-sessions.ts';
import type { Read } from '../../reading/read.ts';
import type { Cell } from '../tables.ts';
import { dayEndMs, dayStartMs, hasPassed, type DatasetPlan, type PlannedSession } from './dataset-plan.ts';

/** Markets that are asked about at a time. */
const marketsAtOnce = 500;

/**
 * When each market's book can be rebuilt on a day out of what the dataset has of these sessions: out of its snapshots, for a dataset
 * has no keyframes. A day that is still being recorded ends with what was exported.
 */
export async function* coverageRows(
  read: Read,
  plan: DatasetPlan,
  day: number,
  sessions: readonly PlannedSession[],
  markets: readonly string[] | null,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const ids = sessions.map(({ row }) => row.id);
  const untilOf = new Map(sessions.map(({ row, untilMs }) => [row.id, untilMs]));
  const times = (await sessionTimes(read, ids)).map((each) => ({
    ...each,
    toMs: Math.min(each.toMs, untilOf.get(each.session)!),
  }));
  const isOver = dayEndMs(day) <= plan.nowMs && sessions.every((session) => hasPassed(session, day));
  const exportedMs = isOver ? Infinity : Math.max(...times.map(({ toMs }) => toMs));
  const span = {
    fromMs: Math.max(dayStartMs(day), plan.span.fromMs),
    toMs: Math.min(dayEndMs(day), plan.span.toMs, exportedMs),
  };
  if (!(span.fromMs < span.toMs)) return;
  const firstMs = Math.min(...sessions.map(({ firstDay }) => dayStartMs(firstDay)));
  const days = { fromMs: Math.max(firstMs, plan.span.fromMs), untilMs: span.toMs };
  const rows = await read(
    sql`
      select id, ticker from markets
      where id in (select market_id from snapshot_records where session_id = any(${uuids(ids)}) and ${lieIn(days)})
      order by ticker`,
    'Looking for markets to export',
  );
  const wanted = markets && new Set(markets);
  const named = rows
    .map((row) => [numberOf(row, 'id'), textOf(row, 'ticker')] as const)
    .filter(([, market]) => wanted === null || wanted.has(market));
  for (let at = 0; at < named.length; at += marketsAtOnce) {
    const some = named.slice(at, at + marketsAtOnce);
    const spans = new Map(some.map(([id]) => [id, span]));
    const covered = await marketCoverage(read, spans, { sessions: times, days, keyframes: false });
    yield some.flatMap(([id, market]) =>
      covered.get(id)!.map(({ fromMs, toMs, covered, cause, session }): readonly Cell[] => {
        return [market, fromMs, toMs, covered, cause, session];
      }),
    );
  }
}
