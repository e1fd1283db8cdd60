// The ledger, newest first, a page at a time. Where a page ends is in its cursor, so that what is added meanwhile shifts
// nothing.
import type { SessionReader } from '@trader/session-store';

export type GapsAsked = {
  readonly session?: string | undefined;
  readonly market?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly after?: GapCursor | undefined;
  readonly limit: number;
};

/** The last of a page. */
export type GapCursor = { readonly fromMs: number; readonly session: string; readonly ordinal: number };

type Row = {
  readonly session_id: string;
  readonly ordinal: number | null;
  readonly epoch: number | null;
  readonly sid: number | null;
  readonly first_seq: number | null;
  readonly last_seq: number | null;
  readonly from_at: Date;
  readonly to_at: Date | null;
  readonly cause: string;
  readonly market: string | null;
};

/** What retention has dropped has no ordinal; a session has one such row. */
const NO_ORDINAL = -1;

/** @throws {SessionStoreError} */
export async function gapsPage(store: Pick<SessionReader, 'query'>, { limit, ...asked }: GapsAsked) {
  const parameters: unknown[] = [];
  const value = (of: unknown): string => `$${parameters.push(of)}`;
  const time = (ms: number): string => `to_timestamp(${value(ms)}::float8 / 1000)`;
  const { session, market, from, to, after } = asked;
  const conditions = [
    session !== undefined && `session_id = ${value(session)}::uuid`,
    // A hole of no market may be of any.
    market !== undefined && `(market is null or market = ${value(market)})`,
    from !== undefined && `(to_at is null or to_at >= ${time(from)})`,
    to !== undefined && `from_at < ${time(to)}`,
    after &&
      `(from_at, session_id, coalesce(ordinal, ${NO_ORDINAL})) < (${time(after.fromMs)}, ${value(after.session)}::uuid, ${value(after.ordinal)}::bigint)`,
  ].filter((condition) => typeof condition === 'string');
  const rows = await store.query<Row>(
    `select session_id, ordinal, epoch, sid, first_seq, last_seq, from_at, to_at, cause, market from gaps
    where ${conditions.length === 0 ? 'true' : conditions.join(' and ')}
    order by from_at desc, session_id desc, coalesce(ordinal, ${NO_ORDINAL}) desc limit ${limit + 1}`,
    parameters,
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { gaps: page.map(gapOf), next: last ? textOf(last) : null };
}

const gapOf = (row: Row) => ({
  session: row.session_id,
  cause: row.cause,
  market: row.market,
  epoch: row.epoch,
  sid: row.sid,
  firstSeq: row.first_seq,
  lastSeq: row.last_seq,
  fromMs: row.from_at.getTime(),
  toMs: row.to_at?.getTime() ?? null,
});

const textOf = ({ from_at, session_id, ordinal }: Row): string =>
  `${from_at.getTime()}_${session_id}_${ordinal ?? NO_ORDINAL}`;

/** @returns `undefined` for what no page ends with */
export function parseGapCursor(text: string): GapCursor | undefined {
  const parsed = /^(\d{1,15})_([0-9a-f-]{36})_(-1|\d{1,15})$/.exec(text);
  return parsed ? { fromMs: Number(parsed[1]), session: parsed[2]!, ordinal: Number(parsed[3]) } : undefined;
}
