// The laws of the design, asked of the database alone, after everything that could go wrong did.
import postgres from 'postgres';
import type { SessionId } from '../src/index.ts';
import type { Progress } from './crash-records.ts';

export type Verdict = {
  readonly sessions: number;
  readonly records: number;
  /** Active sessions. */
  readonly orphans: number;
  /** Records stored more than once. */
  readonly duplicates: number;
  /** Numbers between the first and the last of a subscription that are neither stored nor in the ledger. */
  readonly unnamedHoles: number;
  /** Records that are not what was appended. */
  readonly wrong: number;
  /** Records that the process was told are durable, and that are not there. */
  readonly lost: number;
  /** Sessions and recorders whose counters are not what is stored. */
  readonly miscounted: number;
};

/** @param promised per session what was durable, at least */
export async function judge(url: string, promised: ReadonlyMap<SessionId, Progress>): Promise<Verdict> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const one = async (text: string): Promise<number> => Number((await sql.unsafe(text))[0]!['n']);
    const streams = await sql.unsafe<{ id: string; what: string; n: number; lost: number }[]>(`
      select id::text, what, last::int as n from (
        select session_id as id, 'deltas' as what, max(seq) as last from (${numbers}) as numbered group by 1
        union all select session_id, 'trades', max(seq) from trades group by 1
        union all select session_id, 'raw', max(text::int) from raw_frames group by 1) as ends`);
    let lost = 0;
    for (const [id, progress] of promised) {
      for (const what of ['deltas', 'trades', 'raw'] as const) {
        const last = streams.find((stream) => stream.id === id && stream.what === what)?.n ?? 0;
        lost += Math.max(0, progress[what] - last);
      }
    }
    return {
      sessions: await one('select count(*) as n from sessions'),
      records: await one('select coalesce(sum(messages), 0) as n from recorders'),
      orphans: await one(`select count(*) as n from sessions where status = 'active'`),
      duplicates: await one(`
        select count(*) - count(distinct (session_id, sid, seq)) as n from (
          select session_id, sid, seq from (${numbers}) as numbered
          union all select session_id, sid, seq from trades
          union all select session_id, -1, text::bigint from raw_frames) as every`),
      unnamedHoles: await one(`
        select count(*) as n from (
          select session_id, 1 as sid, generate_series(1, max(seq)) as seq from (${numbers}) as numbered group by 1
          union all select session_id, 2, generate_series(1, max(seq)) from trades group by 1
          union all select session_id, -1, generate_series(1, max(text::bigint)) from raw_frames group by 1
          except (
            select session_id, 1, seq from (${numbers}) as numbered
            union all select session_id, 2, seq from trades
            union all select session_id, -1, text::bigint from raw_frames)) as missing
        where not exists (
          select 1 from gap_records as gap
          where gap.session_id = missing.session_id and (gap.sid = missing.sid or missing.sid = -1 and gap.sid is null)
            and missing.seq >= coalesce(gap.first_seq, 0) and missing.seq <= coalesce(gap.last_seq, missing.seq))`),
      wrong: await one(`
        select (select count(*) from deltas
            where price <> seq % 99 * 100 or delta <> seq * 7 or market <> 'M' || seq % 3 or seq % 17 = 1)
          + (select count(*) from snapshots where size <> seq or market <> 'M' || seq % 3 or seq % 17 <> 1)
          + (select count(*) from trades where trade_id <> 'trade-' || seq or size <> seq or yes_price <> seq % 99) as n`),
      lost,
      miscounted: await one(`
        select (
          select count(*) from sessions where
            deltas <> (select count(*) from deltas where session_id = id)
            or snapshots <> (select count(*) from snapshot_records where session_id = id)
            or trades <> (select count(*) from trades where session_id = id)
            or raw <> (select count(*) from raw_frames where session_id = id)
            or messages <> deltas + snapshots + trades + raw
        ) + (
          select count(*) from recorders join (
            select recorder, sum(messages) as messages, sum(deltas) as deltas, sum(snapshots) as snapshots,
              sum(trades) as trades, sum(raw) as raw, sum(gaps) as gaps
            from sessions group by recorder) as summed on summed.recorder = recorders.name
          where (recorders.messages, recorders.deltas, recorders.snapshots, recorders.trades, recorders.raw, recorders.gaps)
            <> (summed.messages, summed.deltas, summed.snapshots, summed.trades, summed.raw, summed.gaps)
        ) as n`),
    };
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Every law at once, for `toMatchObject`. */
export const lawful = { orphans: 0, duplicates: 0, unnamedHoles: 0, wrong: 0, lost: 0, miscounted: 0 } as const;

const numbers = `
  select session_id, sid, seq from deltas union all select session_id, sid, seq from snapshot_frames`;
