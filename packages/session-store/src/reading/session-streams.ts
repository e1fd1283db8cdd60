import { sql } from 'drizzle-orm';
import type { FactKind } from '../batch/fact-fields.ts';
import { dayMs, dayOf } from '../database/day.ts';
import { merge, type MergeInput } from './merge.ts';
import { lieIn, sessionDays } from '../partitions/session-days.ts';
import type { GapRecord, SessionId, StoreRecord } from '../records.ts';
import { numberOf, textOf, timeOf } from '../database/rows.ts';
import type { OnDamage } from './damage.ts';
import { deltaPages } from './pages/delta-pages.ts';
import { looseGapPages, numberedGapPages } from './pages/gap-pages.ts';
import type { MarketNames } from './market-names.ts';
import { factTable, loosePages, numberedPages, rawTable } from './pages/ordinal-pages.ts';
import { ahead, type Read } from './read.ts';
import { snapshotPages } from './pages/snapshot-pages.ts';
import { holds, overlap, type Span, type Stretch } from './stretch.ts';
import { tradePages } from './pages/trade-pages.ts';

/** `loose`: without a number of a subscription. `expired` is the hole that retention left. */
export type Kind =
  | 'gaps'
  | 'snapshots'
  | 'deltas'
  | 'trades'
  | 'raw'
  | 'facts'
  | 'loose trades'
  | 'loose raw'
  | 'loose facts'
  | 'loose gaps'
  | 'expired';

/** Where something of one kind lies. `sid` is null for what belongs to no subscription. */
type Found = {
  readonly kind: Kind;
  readonly epoch: number;
  readonly sid: number | null;
  readonly firstAtMs: number;
  /** Whole days, as a chunk's later records arrived after its first. */
  readonly stored: Span;
};

export type StreamSource = {
  readonly read: Read;
  readonly names: MarketNames;
  readonly session: SessionId;
  /** The database's numbers of the markets wanted; `null`: all. */
  readonly markets: ReadonlySet<number> | null;
  readonly span: Span;
  readonly onDamage: OnDamage;
  /** Only these facts. @default null: all */
  readonly facts?: readonly FactKind[] | null;
};

/** The numbered records of one (epoch, sid) by rising number, each hole of the ledger where it begins. */
type NumberedStream = {
  readonly epoch: number;
  readonly sid: number;
  readonly notBefore: number;
  pages(): AsyncGenerator<readonly StoreRecord[]>;
};

/** What a session holds when this is asked, stream by stream; each is read only when its pages are asked for. */
export type SessionStreams = {
  readonly numbered: readonly NumberedStream[];
  /** Raw frames and facts that have no number, each in order of arrival. */
  readonly looseFirst: readonly MergeInput<StoreRecord>[];
  /** Trades and holes that have none, each kind in a stream of its own. */
  readonly loose: readonly MergeInput<StoreRecord>[];
};

/** @param wanted only these kinds; `null`: all */
export async function sessionStreams(
  reading: StreamSource,
  wanted: ReadonlySet<Kind> | null = null,
): Promise<SessionStreams> {
  const isWanted = (kind: Kind) => wanted === null || wanted.has(kind);
  const found = (await findStreams(reading)).filter(({ kind }) => isWanted(kind));
  const numbered = Map.groupBy(
    found.filter(({ sid, kind }) => sid !== null && !kind.startsWith('loose')),
    ({ epoch, sid }) => `${epoch}/${sid!}`,
  );
  return {
    numbered: [...numbered.values()].map((kinds) => numberedStream(reading, kinds)),
    looseFirst: [
      ...together(reading, found, 'loose raw', (read, of) => loosePages(read, rawTable, of)),
      ...together(reading, found, 'loose facts', (read, of) => loosePages(read, factTable(reading.facts), of)),
    ],
    loose: [
      ...found.filter(({ kind }) => kind === 'loose trades').map((kind) => looseTrades(reading, kind)),
      ...together(reading, found, 'loose gaps', looseGapPages),
      ...(isWanted('expired') ? await expired(reading) : []),
    ],
  };
}

async function findStreams({ read, session, span }: StreamSource): Promise<readonly Found[]> {
  const days = await sessionDays(async (query) => read(query, 'Looking for a session'), session);
  const lies = lieIn({
    fromMs: Math.max(days.fromMs, dayOf(span.fromMs) * dayMs),
    untilMs: Math.min(days.untilMs, (dayOf(span.toMs - 1) + 1) * dayMs),
  });
  const rows = await read(
    sql`
      select kind, epoch, sid, min(at) as first_at, max(at) as last_at
      from (
        select 'deltas' as kind, epoch, sid, received_at as at from delta_chunks where session_id = ${session}::uuid and ${lies}
        union all
        select 'deltas', epoch, sid, received_at from market_chunks where session_id = ${session}::uuid and ${lies}
        union all
        select 'snapshots', epoch, sid, received_at from snapshot_records where session_id = ${session}::uuid and ${lies}
        union all
        select case when first_seq is null then 'loose trades' else 'trades' end, epoch, sid, received_at
        from trade_chunks where session_id = ${session}::uuid and ${lies}
        union all
        select case when sid is null or seq is null then 'loose raw' else 'raw' end, epoch,
          case when seq is null then null else sid end, received_at
        from raw_frames where session_id = ${session}::uuid and ${lies}
        union all
        select case when sid is null or seq is null then 'loose facts' else 'facts' end, epoch,
          case when seq is null then null else sid end, received_at
        from fact_records where session_id = ${session}::uuid and ${lies}
        union all
        select case when sid is null or first_seq is null then 'loose gaps' else 'gaps' end, epoch,
          case when first_seq is null then null else sid end, from_at
        from gap_records where session_id = ${session}::uuid
      ) as stored
      group by kind, epoch, sid
      order by epoch, sid, kind`,
    'Looking for what a session holds',
  );
  return rows
    .map((row): Found => {
      const stored = { fromMs: timeOf(row, 'first_at'), toMs: timeOf(row, 'last_at') + 1 };
      const sid = row['sid'] === null ? null : numberOf(row, 'sid');
      const kind = textOf(row, 'kind') as Kind;
      return { kind, epoch: numberOf(row, 'epoch'), sid, firstAtMs: stored.fromMs, stored };
    })
    .filter(({ kind, stored }) => {
      if (kind.endsWith('gaps')) return true;
      const lastDayEndsMs = (dayOf(stored.toMs - 1) + 1) * dayMs;
      return dayOf(stored.fromMs) * dayMs < span.toMs && lastDayEndsMs > span.fromMs;
    });
}

function numberedStream(reading: StreamSource, kinds: readonly Found[]): NumberedStream {
  const { read, names, onDamage } = reading;
  const { epoch, sid } = kinds[0]!;
  const stretchOf = ({ stored }: Found): Stretch => ({ ...reading, epoch, sid: sid!, stored });
  const open: Record<string, (found: Found) => AsyncIterable<readonly StoreRecord[]>> = {
    gaps: (found) => numberedGapPages(read, stretchOf(found)),
    snapshots: (found) => snapshotPages(read, stretchOf(found)),
    deltas: (found) => deltaPages(read, names, stretchOf(found), onDamage),
    trades: (found) => tradePages(read, names, stretchOf(found), true, onDamage),
    raw: (found) => numberedPages(read, rawTable, stretchOf(found)),
    facts: (found) => numberedPages(read, factTable(reading.facts), stretchOf(found)),
  };
  return {
    epoch,
    sid: sid!,
    notBefore: Math.min(...kinds.map(({ firstAtMs }) => firstAtMs)),
    pages: () => {
      // In this order, so that where a hole begins at a record's number the hole comes first.
      const inputs = Object.keys(open).flatMap((name) =>
        kinds.filter(({ kind }) => kind === name).map((kind) => ({ pages: () => ahead(open[name]!(kind)) })),
      );
      return merge<StoreRecord>(inputs, { key: numberIn });
    },
  };
}

/** All of a kind have numbers here. */
const numberIn = (record: StoreRecord): number => (record.kind === 'gap' ? record.firstSeq! : record.seq!);

function looseTrades(reading: StreamSource, { epoch, sid, stored, firstAtMs }: Found): MergeInput<StoreRecord> {
  const { read, names, onDamage } = reading;
  const stretch: Stretch = { ...reading, epoch, sid: sid!, stored };
  return { notBefore: firstAtMs, pages: () => ahead(tradePages(read, names, stretch, false, onDamage)) };
}

/** One stream for a kind that has one order over all epochs. */
function together(
  { read, session, span, markets }: StreamSource,
  found: readonly Found[],
  name: Kind,
  pages: (
    read: Read,
    of: Pick<Stretch, 'session' | 'span' | 'markets' | 'stored'>,
  ) => AsyncIterable<readonly StoreRecord[]>,
): MergeInput<StoreRecord>[] {
  const mine = found.filter(({ kind }) => kind === name);
  if (mine.length === 0) return [];
  const stored = {
    fromMs: Math.min(...mine.map(({ stored }) => stored.fromMs)),
    toMs: Math.max(...mine.map(({ stored }) => stored.toMs)),
  };
  return [{ notBefore: stored.fromMs, pages: () => ahead(pages(read, { session, span, markets, stored })) }];
}

/** What retention has taken is a hole that is not in the ledger's table. */
async function expired({ read, session, span }: StreamSource): Promise<MergeInput<StoreRecord>[]> {
  const [row] = await read(
    sql`select expired_from, expired_before from expirations where session_id = ${session}::uuid`,
    'StreamSource what has expired',
  );
  if (!row) return [];
  const [fromAtMs, toAtMs] = [timeOf(row, 'expired_from'), timeOf(row, 'expired_before')];
  const { fromMs, toMs } = overlap({ fromMs: fromAtMs, toMs: toAtMs }, span);
  if (fromMs >= toMs && !holds(span, fromAtMs)) return [];
  const numbers = { epoch: 0, sid: null, firstSeq: null, lastSeq: null };
  const gap: GapRecord = { kind: 'gap', ...numbers, fromAtMs, toAtMs, cause: 'expired' };
  return [
    {
      notBefore: fromAtMs,
      async *pages() {
        yield [gap];
      },
    },
  ];
}
