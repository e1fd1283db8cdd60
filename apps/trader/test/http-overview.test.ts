// What an overview of the trader shows: its parts, what is not right, and what waits.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BookSummary, FullBook } from '../src/http/status/book-report.ts';
import type { Status, TraderView } from '../src/status.ts';
import { get, startHttpTrader, until } from './http-trader.ts';
import { serveView } from './http-view.ts';

let running: Awaited<ReturnType<typeof startHttpTrader>>;
let beganMs: number;
beforeAll(async () => {
  beganMs = Date.now();
  running = await startHttpTrader();
});
afterAll(() => running[Symbol.asyncDispose]());

const status = async () => (await running.get<Status>('/status')).body;

describe('/status', () => {
  test('names every part that has a health, those that are well too, and since when', async () => {
    const { components } = (await status()).health;
    const names = ['feed', 'reading', 'markets', 'spool', 'store', 'event-loop', 'memory', 'disk'];
    expect(components.map(({ component }) => component)).toEqual(names);
    for (const { component, sinceMs, reason } of components) {
      expect(reason, component).not.toBe('');
      expect(sinceMs, component).toBeGreaterThan(beganMs - 1_000);
      expect(sinceMs, component).toBeLessThan(Date.now() + 1_000);
    }
    expect(components[0]).toMatchObject({ status: 'healthy', critical: true });
    expect((await status()).todo).toBeNull();
  });

  test('says when the session began, and what it continues', async () => {
    const { session } = await status();
    expect(session).toMatchObject({ recorder: 'test', continues: null });
    expect(session!.startedAtMs).toBeGreaterThan(beganMs - 1_000);
    expect(session!.startedAtMs).toBeLessThanOrEqual(Date.now());
  });

  test('tells how long the oldest record has waited for the database', async () => {
    const { backlog } = await until(status, ({ backlog }) => backlog!.oldestAgeMs !== null);
    expect(backlog!.queuedRecords + (backlog!.spooledRecords ?? 0)).toBeGreaterThan(0);
    expect(backlog!.oldestAgeMs).toBeLessThan(60_000);
  });

  test('counts books that are not right by the reason', async () => {
    await until(status, ({ feed }) => feed!.synced === 4);
    expect((await status()).feed!).toMatchObject({ stale: {}, underRepair: 0 });
    using _ = withStalled();
    const { feed } = await until(status, ({ feed }) => feed!.synced === 0);
    expect(Object.values(feed!.stale!).reduce((sum, books) => sum + books, 0)).toBe(4);
    expect(feed!.underRepair).toBe(4);
  });
});

describe('/books', () => {
  const books = async () => (await running.get<{ books: BookSummary[] }>('/books')).body.books;

  test('sums the bids of each side', async () => {
    await until(books, (all) => all.every(({ synced }) => synced));
    const [market] = running.exchange.markets;
    const { body } = await running.get<FullBook>(`/books/${market!}`);
    for (const side of ['yes', 'no'] as const) {
      const sum = body[side].reduce((total, [, size]) => total + BigInt(size.replace('.', '')), 0n);
      expect(body[`${side}Contracts`].replace('.', '')).toBe(String(sum));
    }
    expect(body.repair).toBeNull();
  });

  test('say what is done about a book that is not right', async () => {
    await until(books, (all) => all.every(({ synced }) => synced));
    {
      using _ = withStalled();
      const isWaiting = ({ repair }: BookSummary) => repair?.step === 'new-connection' && repair.nextTryInMs !== null;
      const [book] = await until(books, (all) => all.every(isWaiting));
      expect(book!.repair).toMatchObject({ number: 3, attempts: expect.any(Number) });
    }
    await until(books, (all) => all.every(({ synced, repair }) => synced && repair === null));
  });
});

describe('/markets', () => {
  type Page = { readonly markets: readonly Market[]; readonly wanted: number; readonly next: string | null };
  type Market = { readonly market: string; readonly described: boolean } & Readonly<Record<string, unknown>>;
  const page = async (query = '') => (await running.get<Page>(`/markets${query}`)).body;

  test('lists what is wanted, with what it is called', async () => {
    const { markets, wanted, next } = await until(page, (all) => all.markets.every(({ described }) => described));
    expect(markets.map(({ market }) => market)).toEqual(running.exchange.markets.toSorted());
    expect([wanted, next]).toEqual([4, null]);
    const named = { title: expect.any(String), status: 'open', closeAtMs: expect.any(Number), unknown: false };
    for (const market of markets) expect(market).toMatchObject(named);
  });

  test('comes in pages, and nothing twice', async () => {
    const all: string[] = [];
    for (let after = ''; ;) {
      const { markets, next } = await page(`?limit=3${after}`);
      all.push(...markets.map(({ market }) => market));
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(all).toEqual(running.exchange.markets.toSorted());
    expect((await running.get('/markets?limit=5001')).status).toBe(400);
  });

  test('marks one that the exchange does not know', async () => {
    const known = { market: 'KXA-1' };
    const client = { books: () => [known, { market: 'KXTYPO-1' }].values() };
    const unknownMarkets = [{ market: 'KXTYPO-1', reason: 'its book has no market id' }];
    const alter = (view: TraderView) => ({ ...view, client, unknownMarkets }) as unknown as TraderView;
    await using view = await serveView({}, {}, { alter });
    const { body } = await get<Page>(`${view.base}/markets`);
    expect(body.markets).toMatchObject([
      { market: 'KXA-1', unknown: false, described: false, title: null },
      { market: 'KXTYPO-1', unknown: true },
    ]);
  });
});

type Sums = {
  readonly atMs: number;
  readonly marketsFound: number;
  readonly marketsSummed: number;
  readonly marketMs: number;
  readonly coveredMs: number;
  readonly marketHoles: number;
  readonly holes: number;
  readonly causes: readonly { readonly cause: string; readonly uncoveredMs: number }[];
};

/** In an hour of its own for each question, as answers are kept. */
const newStretch = (hours: number): string => `from=${Date.now() - hours * 3_600_000}`;

describe('/coverage/summary', () => {
  type Summary = Sums & {
    readonly fromMs: number;
    readonly toMs: number;
    readonly markets: readonly {
      readonly market: string;
      readonly coveredMs: number;
      readonly ofMs: number;
      readonly fromMs: number;
      readonly holeParts: readonly number[];
    }[];
    readonly next: string | null;
  };
  let asked = 0;
  const summary = async () => (await running.get<Summary>(`/coverage/summary?${newStretch(++asked)}`)).body;

  test('sums what is covered, and each market is in it', async () => {
    const body = await until(summary, ({ marketsFound, coveredMs }) => marketsFound === 4 && coveredMs > 0);
    expect(body.markets.map(({ market }) => market)).toEqual(running.exchange.markets.toSorted());
    const sum = (of: 'coveredMs' | 'ofMs') => body.markets.reduce((all, market) => all + market[of], 0);
    expect([body.coveredMs, body.marketMs]).toEqual([sum('coveredMs'), sum('ofMs')]);
    expect(body.coveredMs).toBeLessThanOrEqual(body.marketMs);
    const uncovered = body.causes.reduce((all, { uncoveredMs }) => all + uncoveredMs, 0);
    expect(body.marketMs - body.coveredMs).toBe(uncovered);
  });

  test('counts a hole in the ledger, and what it costs each market', async () => {
    const before = await until(summary, ({ marketsFound }) => marketsFound === 4);
    running.exchange.control.faults.add({ kind: 'drop', count: 1, aim: { frame: 'orderbook_delta' } });
    // The ledger is counted after the markets, and the hole may have come in between.
    const isCounted = ({ holes, marketHoles }: Summary) => holes > before.holes && marketHoles > before.marketHoles;
    const body = await until(summary, isCounted);
    expect(body.holes).toBe(before.holes + 1);
    expect(body.causes.map(({ cause }) => cause)).toContain('sequence');
  });

  test('says from when each market was recorded, and in which part of the stretch its holes lie', async () => {
    const body = await until(summary, ({ marketHoles }) => marketHoles > 0);
    const partMs = (body.toMs - body.fromMs) / 72;
    const first = Math.floor((beganMs - body.fromMs) / partMs);
    for (const { fromMs, ofMs, coveredMs, holeParts } of body.markets) {
      expect(fromMs).toBeGreaterThan(beganMs - 1_000);
      expect(fromMs + ofMs).toBeLessThanOrEqual(body.toMs);
      expect(holeParts.length > 0).toBe(coveredMs < ofMs);
      for (const part of holeParts) expect(part).toBeGreaterThanOrEqual(first);
    }
    expect(body.markets.some(({ holeParts }) => holeParts.length > 0)).toBe(true);
  });

  test('comes in pages, and the same question is worked out once', async () => {
    const stretch = newStretch(100);
    const { body: first } = await running.get<Summary>(`/coverage/summary?${stretch}&limit=3`);
    expect(first.markets).toHaveLength(3);
    const { body: second } = await running.get<Summary>(`/coverage/summary?${stretch}&limit=3&after=${first.next!}`);
    expect([...first.markets, ...second.markets].map(({ market }) => market)).toEqual(
      running.exchange.markets.toSorted(),
    );
    expect([second.next, second.atMs]).toEqual([null, first.atMs]);
  });
});

describe('/sessions/ID/coverage', () => {
  type OfSession = Sums & { readonly spans: readonly { readonly cause: string; readonly count: number }[] };

  test('has the sums of a session, and its holes as spans', async () => {
    const { id } = (await status()).session!;
    const { body } = await running.get<OfSession & { readonly session: string }>(`/sessions/${id}/coverage`);
    expect(body).toMatchObject({ session: id, marketsFound: 4, marketsSummed: 4 });
    expect(body.coveredMs).toBeGreaterThan(0);
    expect(body.holes).toBeGreaterThan(0);
    expect(body.spans.reduce((all, { count }) => all + count, 0)).toBe(body.holes);
    expect(body.spans.map(({ cause }) => cause)).toContain('sequence');
    expect(body).toMatchObject({ tickers: running.exchange.markets.toSorted() });
  });

  test.each(['/sessions/x/coverage', '/sessions/00000000-0000-0000-0000-000000000000/coverage'])(
    'knows nothing of %s',
    async (path) => {
      const { status, body } = await running.get<{ error: { code: string } }>(path);
      expect([status, body.error.code]).toEqual([404, 'SESSION_UNKNOWN']);
    },
  );
});

describe('/coverage/sessions', () => {
  type OfList = {
    readonly sessions: readonly (Pick<Sums, 'marketMs' | 'coveredMs' | 'holes' | 'atMs'> & {
      readonly session: string;
      readonly marks: readonly { readonly fromMs: number; readonly toMs: number | null; readonly count: number }[];
    })[];
    readonly unknown: readonly string[];
    readonly left: readonly string[];
  };
  const NOBODY = '00000000-0000-0000-0000-000000000000';
  const ask = async (ids: readonly string[]) => running.get<OfList>(`/coverage/sessions?ids=${ids.join(',')}`);

  test('says in one answer what /sessions/ID/coverage says of each, and which it does not know', async () => {
    const { id } = (await status()).session!;
    const { body } = await ask([NOBODY, id, id]);
    expect([body.unknown, body.left, body.sessions.map(({ session }) => session)]).toEqual([[NOBODY], [], [id]]);
    const [row] = body.sessions;
    expect(row!.holes).toBeGreaterThan(0);
    expect(row!.marks.reduce((all, { count }) => all + count, 0)).toBe(row!.holes);
    const same = async () => {
      const { body: whole } = await running.get<Sums>(`/sessions/${id}/coverage`);
      const [part] = (await ask([id])).body.sessions;
      return { whole, part: part! };
    };
    const { whole, part } = await until(same, ({ whole, part }) => whole.atMs === part.atMs);
    expect([part.marketMs, part.coveredMs, part.holes]).toEqual([whole.marketMs, whole.coveredMs, whole.holes]);
  });

  test.each([
    ['no id', ''],
    ['what is no id', 'x'],
    ['one that is none among others', `${NOBODY},x`],
    ['more than 40', Array.from({ length: 41 }, () => NOBODY).join(',')],
  ])('refuses %s by name', async (_what, ids) => {
    const { status, body } = await running.get<{ error: { code: string; message: string } }>(
      `/coverage/sessions?ids=${ids}`,
    );
    expect([status, body.error.code]).toEqual([400, 'QUERY_INVALID']);
    expect(body.error.message).toMatch(/^ids must be 1 to 40 ids of sessions/);
  });
});

/** Connections are cut, and none is let in, until it is disposed of. */
function withStalled() {
  const { faults } = running.exchange.control;
  faults.add({ kind: 'refuse', status: 503 });
  faults.add({ kind: 'cut' });
  return { [Symbol.dispose]: () => faults.clear() };
}
