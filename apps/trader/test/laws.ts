// The laws that every recording obeys, asked of the database alone. Each answer is a list of breaches: empty is right.
import { createSessionStore } from '@trader/session-store';

type Row = Readonly<Record<string, unknown>>;
type Query = (text: string, parameters?: readonly unknown[]) => Promise<readonly Row[]>;

/** Every stored number of every sid, from all views that have some. */
const NUMBERS = `select session_id, epoch, sid, seq from deltas
  union all select session_id, epoch, sid, seq from snapshot_frames
  union all select session_id, epoch, sid, seq from trades where seq is not null
  union all select session_id, epoch, sid, seq from raw_frames where sid is not null and seq is not null`;

export type Breaches = {
  /** Active sessions without an owner whose lease runs. */
  readonly orphans: readonly string[];
  /** Numbers that are stored more than once. */
  readonly duplicates: readonly string[];
  /** Ranges from 1 to a sid's last number that are neither stored nor in the ledger. */
  readonly unnamedHoles: readonly string[];
  /** Recorders whose lifetime counters are not the sum of their sessions'. */
  readonly counters: readonly string[];
  /** Sessions whose counters are not what is stored of them. */
  readonly miscounted: readonly string[];
};

export async function breachesOf(url: string): Promise<Breaches> {
  await using store = await createSessionStore({ url, spool: false, compaction: false, queryTimeoutMs: 120_000 });
  const query: Query = async (text, parameters) => store.query(text, parameters);
  return {
    orphans: await orphans(query),
    duplicates: await duplicates(query),
    unnamedHoles: await unnamedHoles(query),
    counters: await lifetime(query),
    miscounted: await miscounted(query),
  };
}

export const NO_BREACHES: Breaches = { orphans: [], duplicates: [], unnamedHoles: [], counters: [], miscounted: [] };

async function orphans(query: Query): Promise<readonly string[]> {
  const rows = await query(
    `select id from sessions where status = 'active' and (owner is null or lease_until is null or lease_until < now())`,
  );
  return rows.map(({ id }) => String(id));
}

async function duplicates(query: Query): Promise<readonly string[]> {
  const rows = await query(
    `select session_id, epoch, sid, seq from (${NUMBERS}) as numbers group by 1, 2, 3, 4 having count(*) > 1 limit 100`,
  );
  return rows.map((row) => `${keyOf(row)}: ${textOf(row, 'seq')}`);
}

async function unnamedHoles(query: Query): Promise<readonly string[]> {
  const missing = await query(
    `select session_id, epoch, sid, before + 1 as first, seq - 1 as last from (
       select session_id, epoch, sid, seq, lag(seq, 1, 0) over (partition by session_id, epoch, sid order by seq) as before
       from (${NUMBERS}) as numbers) as steps
     where seq > before + 1`,
  );
  const ledger = await query(
    'select session_id, epoch, sid, first_seq, last_seq from gaps where first_seq is not null',
  );
  const named = Map.groupBy(ledger, keyOf);
  return missing.flatMap((hole) => {
    const first = Number(hole['first']);
    const last = Number(hole['last']);
    const ranges = (named.get(keyOf(hole)) ?? [])
      .map((row) => [Number(row['first_seq']), row['last_seq'] === null ? Infinity : Number(row['last_seq'])] as const)
      .toSorted(([a], [b]) => a - b);
    let next = first;
    for (const [from, to] of ranges) if (from <= next) next = Math.max(next, to + 1);
    return next > last ? [] : [`${keyOf(hole)}: ${next} to ${last}`];
  });
}

const textOf = (row: Row, column: string): string => String(row[column]);

const keyOf = (row: Row): string =>
  `${textOf(row, 'session_id')} epoch ${textOf(row, 'epoch')} sid ${textOf(row, 'sid')}`;

const COUNTERS = ['messages', 'snapshots', 'deltas', 'trades', 'raw', 'facts', 'gaps', 'shed'] as const;

async function lifetime(query: Query): Promise<readonly string[]> {
  const sums = COUNTERS.map((name) => `sum(s.${name})::float8 as ${name}`).join(', ');
  const own = COUNTERS.map((name) => `r.${name}::float8 as own_${name}`).join(', ');
  const rows = await query(
    `select r.name, ${sums}, ${own} from recorders r join sessions s on s.recorder = r.name
     group by r.name, ${COUNTERS.map((name) => `r.${name}`).join(', ')}`,
  );
  return rows.flatMap((row) =>
    COUNTERS.filter((name) => row[name] !== row[`own_${name}`]).map(
      (name) =>
        `${textOf(row, 'name')}: ${name} is ${textOf(row, `own_${name}`)}, its sessions have ${textOf(row, name)}`,
    ),
  );
}

async function miscounted(query: Query): Promise<readonly string[]> {
  const rows = await query(
    `select s.id, s.deltas::float8 as counted, coalesce(d.stored, 0)::float8 as stored from sessions s
     left join (select session_id, count(*) as stored from deltas group by 1) d on d.session_id = s.id
     where s.status <> 'active' and s.deltas <> coalesce(d.stored, 0)`,
  );
  return rows.map(
    (row) => `${textOf(row, 'id')}: ${textOf(row, 'counted')} deltas counted, ${textOf(row, 'stored')} stored`,
  );
}
