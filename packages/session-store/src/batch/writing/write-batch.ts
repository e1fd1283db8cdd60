import { sql } from 'drizzle-orm';
import type { Row, Run, Statement } from '../../database/engines/engine.ts';
import { moment } from '../../database/moment.ts';
import { numberOf } from '../../database/rows.ts';
import { leaseFromNow } from '../../ownership/lease.ts';
import type { SessionCounters, SessionId } from '../../records.ts';
import type { EncodedBatch } from './encode-batch.ts';

/**
 * Writes a batch's rows, counts in the session and in the recorder's lifetime what was really added (rows that are there
 * already are left alone and not counted again), and enters it as the session's last batch.
 *
 * A write shows that the owner lives, so it renews the lease: last of all in its transaction, because while it runs the row is
 * locked and nobody else can.
 *
 * @param leaseMs null where nobody is to own the session then
 * @param whenSent called once the rows are on their way to the server, which has the next move then
 */
export async function writeBatch(
  run: Run,
  session: { readonly id: SessionId; readonly recorder: string },
  batch: EncodedBatch,
  leaseMs: number | null,
  whenSent: () => void = () => undefined,
): Promise<SessionCounters> {
  // Sent together, run by the server one after the other: none of them needs another's answer.
  const inserted = Promise.all(
    [batch.deltas, batch.snapshots, batch.trades, batch.raw, batch.facts, batch.gaps, batch.keyframes].map(
      async (insert) => added(run, insert),
    ),
  );
  whenSent();
  const [deltas, snapshots, trades, raw, facts, gaps] = (await inserted) as [Rows, Rows, Rows, Rows, Rows, Rows];
  const counters = {
    snapshots: snapshots.length,
    deltas: sum(deltas, 'records'),
    trades: sum(trades, 'records'),
    raw: raw.length,
    facts: facts.length,
    gaps: gaps.length,
    shed: sum(gaps, 'shed'),
  };
  const messages = counters.snapshots + counters.deltas + counters.trades + counters.raw + counters.facts;
  const counting = sql`
    messages = messages + ${messages}::bigint,
    snapshots = snapshots + ${counters.snapshots}::bigint,
    deltas = deltas + ${counters.deltas}::bigint,
    trades = trades + ${counters.trades}::bigint,
    raw = raw + ${counters.raw}::bigint,
    facts = facts + ${counters.facts}::bigint,
    gaps = gaps + ${counters.gaps}::bigint,
    shed = shed + ${counters.shed}::bigint`;
  await Promise.all([
    run(sql`update recorders set ${counting} where name = ${session.recorder}`),
    run(sql`
      update sessions set
        ${counting},
        first_day = least(first_day, date 'epoch' + ${batch.firstDay}::integer),
        last_record_at = greatest(last_record_at, ${moment(batch.lastRecordAtMs)}),
        last_batch = ${batch.ordinal}::bigint,
        lease_until = ${leaseMs === null ? null : leaseFromNow(leaseMs)}
      where id = ${session.id}::uuid`),
  ]);
  return { messages, ...counters };
}

type Rows = readonly Row[];

const added = async (run: Run, insert: Statement | null): Promise<Rows> => (insert ? run(insert) : []);

const sum = (rows: Rows, column: string) => rows.reduce((total, row) => total + numberOf(row, column), 0);
