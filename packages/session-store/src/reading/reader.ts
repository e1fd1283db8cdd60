// What was recorded, read back. In goes a question about a session or a market; out come records (`replay.ts`), a book or its
// coverage (`book/`), a market (`market/`), or which law a session breaks (`verify/`). All are made of the session's streams (`session-streams.ts`), whose
// rows `pages/` reads. Nothing is changed.
import { sql } from 'drizzle-orm';
import { isSessionId } from '../database/session-id.ts';
import type { CoverageInterval } from './book/coverage-intervals.ts';
import { isName, maxTimeMs } from '../batch/record-check.ts';
import { SessionStoreError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { SessionId, StoreRecord } from '../records.ts';
import { bookAt, type BookAt } from './book/book-at.ts';
import { coverage } from './book/coverage.ts';
import { gapRates, type MarketGapRate, type RecordedMarket } from './book/gap-rates.ts';
import { recordedMarkets, type RecordedMarketsOptions } from './book/recorded-markets.ts';
import { marketAt } from './market/market-at.ts';
import type { MarketAt } from './market/market-life.ts';
import { MarketNames } from './market-names.ts';
import { againAfterDeadlock, type Read } from './read.ts';
import { replay, type ReplayOptions } from './replay.ts';
import type { Verification } from './verify/verification.ts';
import { verify, type VerifyOptions } from './verify/verify.ts';

/** Answers of what was recorded: see `Reading` in `store-api.ts`, of which this is all but the export. */
export class Reader {
  readonly read: Read;
  readonly runtime: Runtime;

  constructor(read: Read, runtime: Runtime) {
    this.read = againAfterDeadlock(read);
    this.runtime = runtime;
  }

  /** Of one reading: the next one may find an older copy of the database in its place, with other numbers. */
  get names(): MarketNames {
    return new MarketNames(this.read);
  }

  replay(session: SessionId, options: ReplayOptions = {}): AsyncIterable<StoreRecord> {
    const source = { read: this.read, names: this.names, runtime: this.runtime };
    return replay(source, session, options, async () => this.mustExist([session]));
  }

  async bookAt(market: string, atMs: number): Promise<BookAt> {
    return bookAt(this.read, nameOf(market), timeOf('atMs', atMs));
  }

  async marketAt(market: string, atMs: number): Promise<MarketAt | null> {
    return marketAt(this.read, nameOf(market), timeOf('atMs', atMs));
  }

  async verify(session: SessionId, options: VerifyOptions = {}): Promise<Verification> {
    await this.mustExist([session]);
    return verify(this.read, this.names, session, options);
  }

  async coverage(market: string, fromMs: number, toMs: number): Promise<readonly CoverageInterval[]> {
    const span = { fromMs: timeOf('fromMs', fromMs), toMs: timeOf('toMs', toMs) };
    return coverage(this.read, nameOf(market), span);
  }

  async recordedMarkets(options: RecordedMarketsOptions): Promise<readonly RecordedMarket[]> {
    const { sessions } = options;
    const span = { fromMs: timeOf('fromMs', options.fromMs), toMs: timeOf('toMs', options.toMs) };
    if (sessions) await this.mustExist(sessions);
    return recordedMarkets(this.read, { ...span, ...(sessions && { sessions }) });
  }

  gapRates(markets: readonly RecordedMarket[]): AsyncIterable<MarketGapRate> {
    for (const { market, fromMs, toMs } of markets) {
      nameOf(market);
      timeOf('fromMs', fromMs);
      timeOf('toMs', toMs);
    }
    return gapRates(this.read, markets);
  }

  /** @throws {SessionStoreError} SESSION_UNKNOWN for the first that there is not */
  async mustExist(sessions: readonly SessionId[]): Promise<void> {
    for (const session of sessions) {
      const [row] = isSessionId(session)
        ? await this.read(sql`select id from sessions where id = ${session}::uuid`, 'Looking for a session')
        : [];
      if (row) continue;
      const message = `There is no session ${JSON.stringify(session)}. Pass an id from sessions().`;
      throw new SessionStoreError('SESSION_UNKNOWN', message);
    }
  }
}

function nameOf(market: string): string {
  if (isName(market)) return market;
  throw new TypeError(`market must be 1 to 500 characters, not ${JSON.stringify(market)}.`);
}

function timeOf(name: string, ms: number): number {
  if (Number.isFinite(ms) && ms >= 0 && ms <= maxTimeMs) return Math.floor(ms);
  throw new RangeError(`${name} must be a time in ms since the epoch, not ${ms}.`);
}
