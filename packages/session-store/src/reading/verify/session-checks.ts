// What a session's own row says, against what is stored.
import { sql } from 'drizzle-orm';
import type { Row } from '../../database/engines/engine.ts';
import type { SessionId } from '../../records.ts';
import { numberOf } from '../../database/rows.ts';
import type { Read } from '../read.ts';
import type { Findings } from './verification.ts';

const counted = ['messages', 'snapshots', 'deltas', 'trades', 'raw', 'facts', 'gaps', 'shed'] as const;

/** Counted while reading; `lastAtMs` is the latest arrival. */
export type Seen = Record<(typeof counted)[number], number> & { lastAtMs: number };

export async function sessionState(read: Read, session: SessionId): Promise<Row> {
  const columns = sql.join(
    counted.flatMap((name) => [
      sql`session.${sql.raw(name)}`,
      sql`recorder.${sql.raw(name)} as ${sql.raw(`lifetime_${name}`)}`,
      sql`(select sum(mine.${sql.raw(name)})::bigint from sessions as mine where mine.recorder = session.recorder)
        as ${sql.raw(`all_${name}`)}`,
    ]),
    sql`, `,
  );
  const [row] = await read(
    sql`
      select
        session.status, session.ended_at, session.end_reason, session.lease_until, session.owner, session.last_record_at,
        session.lease_until <= now() as ran_out, ${columns},
        (select coalesce(sum(shed), 0)::bigint from gap_records where session_id = session.id) as named_shed,
        expired.session_id is not null as has_expired,
        coalesce(expired.snapshots, 0) as expired_snapshots, coalesce(expired.deltas, 0) as expired_deltas,
        coalesce(expired.trades, 0) as expired_trades, coalesce(expired.raw, 0) as expired_raw,
        coalesce(expired.facts, 0) as expired_facts
      from sessions as session
      left join recorders as recorder on recorder.name = session.recorder
      left join expirations as expired on expired.session_id = session.id
      where session.id = ${session}::uuid`,
    'Reading a session',
  );
  return row!;
}

export function checkRow(before: Row, after: Row, seen: Seen, findings: Findings): void {
  const { status, ended_at: endedAt, end_reason: reason, lease_until: leaseUntil } = after;
  findings.checked('session row', 4);
  const isActive = status === 'active';
  if (isActive !== (endedAt === null))
    findings.say('session row', `the status is ${String(status)}, but ended_at says otherwise`);
  if (isActive !== (reason === null))
    findings.say('session row', `the status is ${String(status)}, but end_reason says otherwise`);
  // One that was reclaimed has an owner again while what it left on disk is written.
  if (leaseUntil !== null && !isActive && status !== 'reclaimed') {
    findings.say('session row', `the status is ${String(status)}, but somebody has a lease`);
  }
  const lastAt = (row: Row) => (row['last_record_at'] instanceof Date ? row['last_record_at'].getTime() : -Infinity);
  const shown = (ms: number) => (ms === -Infinity ? 'never' : new Date(ms).toISOString());
  if (seen.lastAtMs > lastAt(after) || (seen.lastAtMs < lastAt(before) && after['has_expired'] !== true)) {
    const message = `the latest record arrived ${shown(seen.lastAtMs)}, but last_record_at is ${shown(lastAt(after))}`;
    findings.say('session row', message);
  }
}

export function checkOwner(row: Row, findings: Findings): void {
  findings.checked('no orphan', 1);
  if (row['status'] !== 'active' || row['ran_out'] === false) return;
  findings.say(
    'no orphan',
    `active, but the lease of ${String(row['owner'])} has run out and nobody has closed it yet`,
  );
}

export function checkCounters(before: Row, after: Row, seen: Seen, findings: Findings): void {
  findings.checked('counters', 2 * counted.length);
  const expiredOf = (name: string) => {
    const kinds = name === 'messages' ? ['snapshots', 'deltas', 'trades', 'raw', 'facts'] : [name];
    return kinds.reduce((sum, kind) => sum + Number(after[`expired_${kind}`] ?? 0), 0);
  };
  for (const name of counted) {
    const stored = name === 'shed' ? numberOf(after, 'named_shed') : seen[name] + expiredOf(name);
    const [least, most] = [numberOf(before, name), numberOf(after, name)];
    if (stored < least || stored > most) findings.say('counters', `${name} is ${most}, but ${stored} are stored`);
    const [lifetime, all] = [Number(after[`lifetime_${name}`]), Number(after[`all_${name}`])];
    if (lifetime < all) {
      findings.say('counters', `${name} of the recorder is ${lifetime}, but that of its sessions together is ${all}`);
    }
  }
}
