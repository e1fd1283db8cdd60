// A trader in this process that records the simulator, and what a test can ask it.
import type { OpenSocket } from '@trader/orderbook-client';
import { createSessionStore, type SessionRow, type SessionStore } from '@trader/session-store';
import type { Exchange, Fault } from '@trader/exchange-simulator';
import type { Database } from '../src/config/load-config.ts';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader, type Trader } from '../src/trader.ts';

export type Recorded = { readonly row: SessionRow; readonly trader: Trader; readonly exchange: Exchange };

/**
 * Plays tapes through the simulator's socket, as fast as they go, and records them.
 *
 * @param during called when the trader is ready, before the first frame of a tape
 */
export async function recordTapes(
  tapes: readonly string[],
  database: Database,
  {
    marketsPerCommand,
    faults = [],
    seed,
    openSocket,
    during,
  }: {
    marketsPerCommand?: number;
    faults?: readonly Fault[];
    /** Of the exchange, and so of its faults. */
    seed?: number;
    /** In place of the client's own. */
    openSocket?: OpenSocket;
    during?: (trader: Trader, exchange: Exchange) => void;
  } = {},
): Promise<Recorded> {
  const { feed, source, exchange } = await simulatedFeed({
    tapes,
    faults,
    speed: 'max',
    playback: 'on-play',
    ...(seed !== undefined && { seed }),
  });
  const trader = createTrader({
    feed: { ...feed, ...(marketsPerCommand !== undefined && { marketsPerCommand }), ...(openSocket && { openSocket }) },
    source,
    database,
    recorder: 'test',
    port: null,
    drainMs: 60_000,
    log: createLog('silent'),
  });
  try {
    await trader.start();
    await trader.ready;
    during?.(trader, exchange);
    exchange.play();
    await exchange.finished;
    await taken(trader);
    await trader.client!.whenSynced({ timeoutMs: 60_000 });
    await trader.stop('the tapes are over');
    return { row: (await trader.stopped)!, trader, exchange };
  } finally {
    await exchange.close();
  }
}

/** Everything that was sent is taken; after a cut the question is put again on the next connection. */
async function taken({ client }: Trader): Promise<void> {
  for (;;) {
    const live = new Promise<void>((resolve) => void client!.on('status', ({ to }) => to === 'live' && resolve()));
    const done = await client!.barrier().then(
      () => true,
      () => false,
    );
    if (done) return;
    await live;
  }
}

export type StoredRow = {
  readonly epoch: number;
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  /** A delta's side, price and change; a snapshot's levels. */
  readonly delta: {
    readonly side: Side;
    readonly price: number;
    readonly change: number;
    /** The exchange's time, `null` where it is not known to the microsecond. */
    readonly atUs: number | null;
  } | null;
  readonly levels: readonly { readonly side: Side; readonly price: number; readonly size: number }[] | null;
};

type Side = 'yes' | 'no';

/** The deltas and snapshots of a session in the order of their numbers, read from the views a page at a time. */
export async function* storedRows(database: Database, sessionId: string): AsyncGenerator<StoredRow> {
  await using store: SessionStore = await createSessionStore(database);
  const rows = (text: string, ...parameters: unknown[]) => store.query(text, [sessionId, ...parameters]);
  const bounds = await rows(
    `select epoch, sid::int as sid, min(seq)::float8 as first, max(seq)::float8 as last from (
       select epoch, sid, seq from deltas where session_id = $1 union all
       select epoch, sid, seq from snapshot_frames where session_id = $1) as numbers
     group by epoch, sid order by epoch, sid`,
  );
  const page = 50_000;
  for (const { epoch, sid, first, last } of bounds) {
    for (let from = Number(first); from <= Number(last); from += page) {
      const range = 'session_id = $1 and epoch = $2 and seq >= $3 and seq < $4 and sid = $5';
      const at = [epoch, from, from + page, sid];
      const found = await rows(
        `select seq::float8 as seq, market, side, price, delta::float8 as change, exchange_at_us::float8 as at_us from deltas where ${range}`,
        ...at,
      );
      const snapshots = await rows(`select seq::float8 as seq, market from snapshot_frames where ${range}`, ...at);
      const levels = await rows(
        `select seq::float8 as seq, side, price, size::float8 as size from snapshots where ${range}`,
        ...at,
      );
      const page_: StoredRow[] = [
        ...found.map((row) => ({
          epoch: Number(epoch),
          sid: Number(sid),
          seq: Number(row['seq']),
          market: String(row['market']),
          delta: {
            side: row['side'] as Side,
            price: Number(row['price']),
            change: Number(row['change']),
            atUs: row['at_us'] as number | null,
          },
          levels: null,
        })),
        ...snapshots.map((row) => ({
          epoch: Number(epoch),
          sid: Number(sid),
          seq: Number(row['seq']),
          market: String(row['market']),
          delta: null,
          levels: levels
            .filter((level) => level['seq'] === row['seq'])
            .map((level) => ({
              side: level['side'] as Side,
              price: Number(level['price']),
              size: Number(level['size']),
            })),
        })),
      ];
      yield* page_.toSorted((a, b) => a.seq - b.seq);
    }
  }
}

/** A book folded from stored rows, written apart from the client's: one map of levels a side. */
export class FoldedBook {
  readonly yes = new Map<number, number>();
  readonly no = new Map<number, number>();

  take({ delta, levels }: StoredRow): void {
    if (levels) {
      this.yes.clear();
      this.no.clear();
      for (const { side, price, size } of levels) this[side].set(price, size);
    }
    if (delta) {
      const size = (this[delta.side].get(delta.price) ?? 0) + delta.change;
      if (size === 0) this[delta.side].delete(delta.price);
      else this[delta.side].set(delta.price, size);
    }
  }

  /** Where the last snapshot stood. */
  #since: { readonly epoch: number; readonly sid: number; readonly seq: number } | null = null;

  /** As `take`, but a delta behind a hole waits for the next snapshot, as it does in the live book. */
  takeUnlessStale(
    row: StoredRow,
    holes: readonly { readonly epoch: number; readonly sid: number; readonly first: number }[],
  ): void {
    const { epoch, sid, seq } = row;
    if (row.levels) this.#since = { epoch, sid, seq };
    const since = this.#since;
    const stale =
      since?.epoch !== epoch ||
      since.sid !== sid ||
      holes.some((hole) => hole.epoch === epoch && hole.sid === sid && hole.first > since.seq && hole.first <= seq);
    if (!stale) this.take(row);
  }

  /** What can never be: a level below zero, or bids that add up to a dollar or more. */
  get breach(): string | null {
    for (const side of [this.yes, this.no]) for (const size of side.values()) if (size <= 0) return 'negative';
    if (this.yes.size === 0 || this.no.size === 0) return null;
    return Math.max(...this.yes.keys()) + Math.max(...this.no.keys()) >= 10_000 ? 'locked or crossed' : null;
  }

  levels(side: Side): (readonly [number, number])[] {
    return [...this[side]].toSorted(([a], [b]) => a - b);
  }
}
