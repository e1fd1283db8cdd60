// What an overview of the trader shows: its parts, what is not right, and what waits.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BookSummary, FullBook } from '../src/http/status/book-report.ts';
import type { Status } from '../src/status.ts';
import { startHttpTrader, until } from './http-trader.ts';

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

/** Connections are cut, and none is let in, until it is disposed of. */
function withStalled() {
  const { faults } = running.exchange.control;
  faults.add({ kind: 'refuse', status: 503 });
  faults.add({ kind: 'cut' });
  return { [Symbol.dispose]: () => faults.clear() };
}
