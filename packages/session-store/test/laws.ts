// The laws of the design that a store can show, asked after everything that could go wrong did. Who was promised what comes
// from the processes that were killed; everything else from the database, in plain SQL where the store's own reading is not
// itself what is asked about.
//
// 1 orphans, 2 `twoOwners`, 3 `unnamedHoles`, 4 `duplicates`, 5 `wrongBooks`, 6 `falselySynced`, 7 `miscounted`. A feed's live
// book is not the store's: here the live book is what the appended records come to. The client's own is compared with the
// store's in the app's tests. Laws 8, 9 and 11 are about an app's readiness and end; of 10 the store shows the spool's bound.
import postgres from 'postgres';
import { createSessionStore, type SessionId, type SessionStore } from '../src/index.ts';
import { firstAtMs, Model, type Progress } from './crash-records.ts';
import { ownersAtOnce, watchedWrites } from './owner-watch.ts';

export type Verdict = {
  readonly sessions: number;
  readonly records: number;
  /** Active sessions, and sessions that somebody has adopted and not finished. */
  readonly orphans: number;
  /** Writes to sessions that were another owner's, and changes of owner that the fencing token does not show. */
  readonly twoOwners: number;
  /** Writes that the watch saw: with none of them `twoOwners` says nothing. 0 on an embedded store, which has one process. */
  readonly watchedWrites: number;
  /** Records stored more than once. */
  readonly duplicates: number;
  /** Numbers between the first and the last of a subscription that are neither stored nor in the ledger. */
  readonly unnamedHoles: number;
  /** Records that are not what was appended. */
  readonly wrong: number;
  /** Records that the process was told are durable, and that are neither there nor in the ledger. */
  readonly lost: number;
  /** Sessions and recorders whose counters are not what is stored, and lifetime counters that fell. */
  readonly miscounted: number;
  /** Books folded from what is stored, at the end of each session and at each keyframe, that are not the live ones. */
  readonly wrongBooks: number;
  /** How many books that was asked of. */
  readonly books: number;
  /** Books that the store called synced and that were not right. */
  readonly falselySynced: number;
  /** Sessions in which the store itself finds a law broken. */
  readonly unverified: number;
};

/** Every law at once, for `toMatchObject`. */
export const lawful = {
  orphans: 0,
  twoOwners: 0,
  duplicates: 0,
  unnamedHoles: 0,
  wrong: 0,
  lost: 0,
  miscounted: 0,
  wrongBooks: 0,
  falselySynced: 0,
  unverified: 0,
} as const;

type Promised = ReadonlyMap<SessionId, Progress>;

/** @param promised per session what was durable, at least */
export async function judge(url: string, promised: Promised): Promise<Verdict> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  // Asked before a store is opened, which would close them.
  const [row] = await sql.unsafe(`select count(*)::int as n from sessions where ${isLeft}`);
  await sql.end({ timeout: 1 });
  const store = await createSessionStore({ url, compaction: false, queryTimeoutMs: 120_000 });
  try {
    return { ...(await judgeStore(store, promised)), orphans: Number(row!['n']) };
  } finally {
    await store.close();
  }
}

/** The same of a store that is open, and writes nothing. */
export async function judgeStore(store: SessionStore, promised: Promised): Promise<Verdict> {
  const ask: Ask = async (text) => store.query(text);
  const one = async (text: string): Promise<number> => Number((await ask(text))[0]!['n']);
  const sessions = await ask('select id::text, messages from sessions order by ordinal');
  const ids = sessions.map((row) => row['id'] as SessionId);
  let unverified = 0;
  for (const id of ids) if (!(await store.verify(id)).ok) unverified++;
  return {
    sessions: ids.length,
    records: await one('select coalesce(sum(messages), 0) as n from recorders'),
    orphans: await one(`select count(*) as n from sessions where ${isLeft}`),
    twoOwners: await ownersAtOnce(store),
    watchedWrites: await watchedWrites(store),
    duplicates: await one(`
      select count(*) - count(distinct (session_id, sid, seq)) as n from (
        select session_id, sid, seq from (${numbers}) as numbered
        union all select session_id, sid, seq from (${traded}) as traded
        union all select session_id, -1, text::bigint from raw_frames) as every`),
    unnamedHoles: await one(`
      select count(*) as n from (
        select session_id, 1 as sid, generate_series(1, max(seq)) as seq from (${numbers}) as numbered group by 1
        union all select session_id, 2, generate_series(1, max(seq)) from (${traded}) as traded group by 1
        union all select session_id, -1, generate_series(1, max(text::bigint)) from raw_frames group by 1
        except (
          select session_id, 1, seq from (${numbers}) as numbered
          union all select session_id, 2, seq from (${traded}) as traded
          union all select session_id, -1, text::bigint from raw_frames)) as missing
      where not exists (
        select 1 from gap_records as gap
        where gap.session_id = missing.session_id and (gap.sid = missing.sid or missing.sid = -1 and gap.sid is null)
          and missing.seq >= coalesce(gap.first_seq, 0) and missing.seq <= coalesce(gap.last_seq, missing.seq))`),
    wrong: await one(`
      select (select count(*) from deltas
          where price <> seq % 99 * 100 or delta <> seq * 7 or market <> 'M' || seq % 3 or seq % 17 = 1
            -- Versions before kept no microseconds of a session.
            or session_id in (select session_id from deltas where exchange_at_us is not null) and exchange_at_us
              is distinct from case when seq % 5 <> 0 then (${firstAtMs} + seq - 5) * 1000 + seq * 37 % 1000 end)
        + (select count(*) from snapshots where size <> seq or market <> 'M' || seq % 3 or seq % 17 <> 1)
        + (select count(*) from trades where trade_id <> 'trade-' || seq or size <> seq or yes_price <> seq % 99)
        + (select count(*) from tickers where market <> 'M0' or market_id <> 'M-' || seq or volume <> seq or open_interest <> seq * 7
          or last_price <> seq % 99) as n`),
    lost: await lostRecords(ask, promised),
    miscounted: (await one(miscounted)) + (await fallenCounters(ask)),
    ...(await rebuiltBooks(store, ids, ask)),
    falselySynced: await falselySynced(store, ask),
    unverified,
  };
}

const isLeft = `status = 'active' or lease_until is not null`;

const numbers = `
  select session_id, sid, seq from deltas union all select session_id, sid, seq from snapshot_frames`;

/** Trades, and the tickers among them. */
const traded = `select session_id, sid, seq from trades union all select session_id, sid, seq from tickers`;

const miscounted = `
  select (
    select count(*) from sessions where
      deltas <> (select count(*) from deltas where session_id = id)
      or snapshots <> (select count(*) from snapshot_records where session_id = id)
      or trades <> (select count(*) from trades where session_id = id)
      or raw <> (select count(*) from raw_frames where session_id = id)
      or facts <> (select count(*) from fact_records where session_id = id)
      or messages <> deltas + snapshots + trades + raw + facts
  ) + (
    select count(*) from recorders join (
      select recorder, sum(messages) as messages, sum(deltas) as deltas, sum(snapshots) as snapshots,
        sum(trades) as trades, sum(raw) as raw, sum(facts) as facts, sum(gaps) as gaps
      from sessions group by recorder) as summed on summed.recorder = recorders.name
    where (recorders.messages, recorders.deltas, recorders.snapshots, recorders.trades, recorders.raw, recorders.facts,
      recorders.gaps)
      <> (summed.messages, summed.deltas, summed.snapshots, summed.trades, summed.raw, summed.facts, summed.gaps)
  ) as n`;

type Ask = (text: string) => Promise<readonly Record<string, unknown>[]>;

/** What comes after the last number that is stored, or named as refused, is a hole that nothing behind it shows. */
async function lostRecords(ask: Ask, promised: Promised): Promise<number> {
  const ends = await ask(`
    select id::text, what, last from (
      select session_id as id, 'deltas' as what, max(seq) as last from (${numbers}) as numbered group by 1
      union all select session_id, 'trades', max(seq) from (${traded}) as traded group by 1
      union all select session_id, 'raw', max(text::bigint) from raw_frames group by 1
      union all select session_id, case sid when 1 then 'deltas' else 'trades' end, max(last_seq)
        from gap_records where sid is not null group by session_id, sid
      -- Where the database was put back and the process was gone, the time is all that anybody knows of what nothing came behind.
      union all select session_id, what, 9e15 from gap_records, unnest('{deltas,trades,raw}'::text[]) as what
        where cause = 'database-rolled-back' and sid is null and (to_at is null or what <> 'deltas')) as ends`);
  let lost = 0;
  for (const [id, progress] of promised) {
    for (const what of ['deltas', 'trades', 'raw'] as const) {
      const mine = ends.filter((end) => end['id'] === id && end['what'] === what).map((end) => Number(end['last']));
      lost += Math.max(0, progress[what] - Math.max(0, ...mine));
    }
  }
  return lost;
}

async function fallenCounters(ask: Ask): Promise<number> {
  const [watch] = await ask(`select to_regclass('counter_watch') is not null as is_there`);
  if (watch?.['is_there'] !== true) return 0;
  return Number((await ask('select count(*) as n from counter_watch'))[0]!['n']);
}

/** A session with holes is folded up to the first: behind it nobody knows the book until each market's next snapshot. */
async function rebuiltBooks(
  store: SessionStore,
  ids: readonly SessionId[],
  ask: Ask,
): Promise<{ books: number; wrongBooks: number }> {
  let [books, wrongBooks] = [0, 0];
  const compare = (rebuilt: string, live: string) => {
    books++;
    if (rebuilt !== live) wrongBooks++;
  };
  for (const id of ids) {
    const rebuilt = new Model();
    let last = 0;
    for await (const record of store.replay(id)) {
      if (record.kind === 'gap') break;
      if (record.kind !== 'delta' && record.kind !== 'snapshot') continue;
      rebuilt.apply(record);
      last = record.seq;
    }
    const live = Model.after(last);
    for (const market of Model.markets) compare(rebuilt.book(market), live.book(market));
  }
  const keyframes = await ask(`
    select ticker, seq, yes_prices, yes_sizes from keyframes join markets on markets.id = market_id
    where not exists (select 1 from gap_records where gap_records.session_id = keyframes.session_id)
    order by seq`);
  const live = new Model();
  let at = 0;
  for (const { ticker, seq, yes_prices: prices, yes_sizes: sizes } of keyframes) {
    for (; at < Number(seq); at++) live.append(at + 1);
    const levels = (prices as number[]).map((price, index) => [price, Number((sizes as number[])[index])] as const);
    compare(Model.shown(levels), live.book(ticker as string));
  }
  return { books, wrongBooks };
}

/** All sessions' records lie in the same minutes, so that the store has to choose well from whom to take a book. */
async function falselySynced(store: SessionStore, ask: Ask): Promise<number> {
  const [row] = await ask(`select coalesce(max(seq), 0) as last from (${numbers}) as numbered`);
  const last = Number(row!['last']);
  const live = new Model();
  let [at, wrong] = [0, 0];
  for (let step = 1; step <= 20; step++) {
    const until = Math.floor((last * step) / 20);
    for (; at < until; at++) live.append(at + 1);
    for (const market of Model.markets) {
      const book = await store.bookAt(market, firstAtMs + until);
      if (book.synced && Model.shown(book.yes) !== live.book(market)) wrong++;
    }
  }
  return wrong;
}
