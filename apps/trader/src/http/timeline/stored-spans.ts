// Sessions and holes of a stretch, asked of the database: holes are counted there by point and cause, so that a hundred
// thousand of them come as a few rows.
import type { SessionReader } from '@trader/session-store';
import type { Span } from './merge-spans.ts';

/** The newest. */
const MAX_SESSIONS = 2_000;

const SESSIONS = `
  select id, recorder, status, started_at, ended_at, end_reason, count(*) over () as found
  from sessions
  where started_at < to_timestamp($2::float8 / 1000) and (ended_at is null or ended_at >= to_timestamp($1::float8 / 1000))
  order by ordinal desc limit ${MAX_SESSIONS}`;

const GAPS = `
  select
    session_id, cause, count(*) as holes, min(from_at) as from_at, max(to_at) as to_at, bool_or(to_at is null) as is_open,
    count(distinct market) as markets, min(market) as market, min(first_seq) as first_seq, max(last_seq) as last_seq,
    (sum(count(*)) over ())::bigint as holes_found
  from gaps
  where session_id = any($3::text::uuid[]) and from_at < to_timestamp($2::float8 / 1000)
    and (to_at is null or to_at >= to_timestamp($1::float8 / 1000))
  group by
    session_id, cause, floor((extract(epoch from from_at) * 1000 - $1::float8) / $4::float8),
    to_at is null or (extract(epoch from to_at - from_at) * 1000) >= $4::float8
  order by min(from_at) desc limit 20000`;

type SessionOf = {
  readonly id: string;
  readonly recorder: string;
  readonly status: string;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly end_reason: string | null;
  readonly found: number;
};

type GapsOf = {
  readonly session_id: string;
  readonly cause: string;
  readonly holes: number;
  readonly from_at: Date;
  readonly to_at: Date | null;
  readonly is_open: boolean;
  readonly markets: number;
  readonly market: string | null;
  readonly first_seq: number | null;
  readonly last_seq: number | null;
  readonly holes_found: number;
};

export type StoredSpans = {
  readonly spans: readonly Span[];
  /** Those that the database has. */
  readonly sessions: readonly string[];
  readonly sessionsLeftOut: number;
  readonly holesLeftOut: number;
};

/** @throws {SessionStoreError} */
export async function storedSpans(
  store: Pick<SessionReader, 'query'>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  points: number,
): Promise<StoredSpans> {
  const rows = await store.query<SessionOf>(SESSIONS, [fromMs, toMs]);
  const sessions = rows.map(({ id }) => id);
  const { spans, holes } = await holesOf(store, sessions, { fromMs, toMs }, points);
  return {
    spans: [...rows.map(ofSession), ...spans],
    sessions,
    sessionsLeftOut: (rows[0]?.found ?? 0) - rows.length,
    holesLeftOut: holes - spans.reduce((sum, { count }) => sum + count, 0),
  };
}

/** The ledgers of sessions, and how many holes they have there: more than those of the spans where these are too many. */
export async function holesOf(
  store: Pick<SessionReader, 'query'>,
  sessions: readonly string[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  points: number,
): Promise<{ readonly spans: readonly Span[]; readonly holes: number }> {
  if (sessions.length === 0) return { spans: [], holes: 0 };
  const gaps = await store.query<GapsOf>(GAPS, [fromMs, toMs, `{${sessions.join(',')}}`, (toMs - fromMs) / points]);
  return { spans: gaps.map(ofGaps), holes: gaps[0]?.holes_found ?? 0 };
}

const ofSession = ({ id, recorder, status, started_at, ended_at, end_reason }: SessionOf): Span => ({
  lane: 'session',
  name: status,
  fromMs: started_at.getTime(),
  toMs: ended_at?.getTime() ?? null,
  why: end_reason ?? `recorded by ${recorder}`,
  session: id,
  count: 1,
});

const ofGaps = (gaps: GapsOf): Span => ({
  lane: 'gap',
  name: gaps.cause,
  fromMs: gaps.from_at.getTime(),
  toMs: gaps.is_open ? null : gaps.to_at!.getTime(),
  why: gapsText(gaps),
  session: gaps.session_id,
  count: gaps.holes,
});

function gapsText({ holes, markets, market, first_seq, last_seq }: GapsOf): string {
  const of = markets === 0 ? 'any market' : markets === 1 ? `market ${market}` : `${markets} markets`;
  if (holes > 1) return `${holes} holes, of ${of}`;
  if (first_seq === null) return `of ${of}`;
  return `of ${of}, ${last_seq === null ? `from number ${first_seq} on` : `numbers ${first_seq} to ${last_seq}`}`;
}
