// A part of the trader that cannot be read: whoever asks gets all the others, and is told which one is missing.
import { createHealthTracker } from '@trader/health';
import type { OrderbookClient } from '@trader/orderbook-client';
import type { RecordingSession } from '@trader/session-store';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { initialCoordinator } from '../src/coordinator/step.ts';
import { EventLog } from '../src/event-log.ts';
import { startHttpServer } from '../src/http/server.ts';
import { createLog } from '../src/log/log.ts';
import type { Status, TraderView } from '../src/status.ts';
import { get, SocketReader } from './http-trader.ts';
import { happening } from './http-view.ts';

const broken = (what: string) => (): never => {
  throw new Error(`${what} is broken, password=hunter2`);
};
const book = (market: string, isBroken = false) =>
  ({
    market,
    synced: true,
    staleReason: null,
    bestBid: isBroken ? broken('the bid') : () => [4_300, 1_000],
    bestAsk: () => undefined,
    depth: () => 1,
    bidSizeDownTo: () => 0,
    bids: () => [],
  }) as unknown as ReturnType<OrderbookClient['book']>;
const books = [book('KXA-1'), book('KXA-2', true), book('KXA-3')];
const WHOLE_CLIENT = {
  status: () => ({ phase: 'live', counters: {}, connections: [], wanted: 3, synced: 3, listenerFailures: 0 }),
  books: () => books.values(),
  book: (market: string) => books.find((each) => each!.market === market),
} as unknown as OrderbookClient;
const WHOLE_SESSION = {
  id: 's1',
  recorder: 'desk',
  counters: () => ({ messages: 1, snapshots: 1, deltas: 1, trades: 0, raw: 0, facts: 0, gaps: 0, shed: 0 }),
} as unknown as RecordingSession;

using health = createHealthTracker({ components: { feed: { critical: true } } });
const VIEW: TraderView = {
  uptimeMs: 1,
  coordinator: { ...initialCoordinator(0), phase: 'ready' },
  transitions: [],
  lifetime: null,
  health: health.snapshot(),
  client: WHOLE_CLIENT,
  session: WHOLE_SESSION,
  continues: null,
  leaseLeftMs: null,
  diskFreeBytes: null,
  recorder: null,
  unknownMarkets: [],
  descriptions: () => [],
  discovery: null,
  store: {
    state: 'writing',
    failures: [],
    lastRecordAtMs: null,
    written: { batches: 1, records: 2, bytes: 3, recovered: 0, setAside: 0, maintenanceFailures: 0 },
  },
  backlog: null,
  sessionStore: null,
  unreadable: [],
  droppedLogLines: 0,
  reload: null,
  source: 'nothing',
  database: 'nowhere',
};

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(view: () => TraderView) {
  const events = new EventLog();
  const server = await startHttpServer({ port: 0 }, { view, events, log: createLog('silent') });
  ends.push(() => server.close());
  return { events, base: new URL(server.url).origin };
}

const withoutStatus = { ...WHOLE_CLIENT, status: broken('the feed') } as unknown as OrderbookClient;
const withoutBooks = { ...WHOLE_CLIENT, books: broken('the list of books') } as unknown as OrderbookClient;
const withoutCounters = { ...WHOLE_SESSION, counters: broken('the counters') } as unknown as RecordingSession;

describe.each([
  ['feed', { client: withoutStatus }],
  ['books', { client: withoutBooks }],
  ['session', { session: withoutCounters }],
])('a %s that throws', (part, views) => {
  test('is named in /status, beside everything else, without what looks like a secret', async () => {
    const { base } = await serve(() => ({ ...VIEW, ...views }));
    const { status, body } = await get<Status>(`${base}/status`);
    expect([status, body.state, body.store]).toEqual([200, 'ready', 'writing']);
    const { reason } = body.unreadable.find((each) => each.part === part)!;
    expect(reason).toMatch(/is broken/);
    expect(reason).not.toContain('hunter2');
  });

  test('leaves /metrics with everything else, and is counted there', async () => {
    const { base } = await serve(() => ({ ...VIEW, ...views }));
    await get(`${base}/metrics`);
    const { status, body } = await get<string>(`${base}/metrics`);
    expect(status).toBe(200);
    expect(body).toMatch(/^trader_ready 1$/m);
    expect(body).toMatch(/^trader_store_written_records_total 2$/m);
    expect(body).toMatch(/^process_cpu_seconds_total /m);
    expect(body).toMatch(/^trader_metrics_unreadable_total\{metric="[a-z_]+"\} [1-9]/m);
  });

  test('does not end the sockets of those who watch', async () => {
    const { base, events } = await serve(() => ({ ...VIEW, ...views }));
    const reader = new SocketReader(base);
    await vi.waitFor(
      () => expect(reader.messages.filter(({ type }) => type === 'status').length).toBeGreaterThan(1),
      30_000,
    );
    events.add(happening('still told'));
    await vi.waitFor(() => expect(reader.messages.at(-1)).toMatchObject({ reason: 'still told' }), 30_000);
    reader.socket.close();
  });
});

test('one book that cannot be told keeps none of the others from /status, /books and the socket', async () => {
  const { base } = await serve(() => VIEW);
  const { body: status } = await get<Status>(`${base}/status`);
  expect(status.books.map(({ market }) => market)).toEqual(['KXA-1', 'KXA-3']);
  expect(status.unreadable).toMatchObject([{ part: 'book KXA-2' }]);
  const { status: code, body } = await get<{ books: { market: string }[]; unreadable: object[] }>(`${base}/books`);
  expect([code, body.books.map(({ market }) => market)]).toEqual([200, ['KXA-1', 'KXA-3']]);
  expect(body.unreadable).toMatchObject([{ part: 'book KXA-2' }]);
  const reader = new SocketReader(base);
  await vi.waitFor(() => expect(reader.messages).not.toEqual([]), 30_000);
  reader.socket.send(JSON.stringify({ subscribe: { books: ['KXA-1', 'KXA-2', 'KXA-3'] } }));
  const told = (type: string) => reader.messages.filter((message) => message.type === type);
  await vi.waitFor(() => expect(told('book').map(({ market }) => market)).toEqual(['KXA-1', 'KXA-3']), 30_000);
  expect(told('error')).toMatchObject([{ error: { code: 'INTERNAL' } }]);
  reader.socket.close();
});

test('a trader that cannot be seen at all is still answered for, and ends nothing', async () => {
  let isBroken = false;
  const { base, events } = await serve(() => (isBroken ? broken('everything')() : VIEW));
  const reader = new SocketReader(base);
  await vi.waitFor(() => expect(reader.messages).not.toEqual([]), 30_000);
  isBroken = true;
  expect(await get(`${base}/status`)).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL' } } });
  await get(`${base}/metrics`);
  const { status, body } = await get<string>(`${base}/metrics`);
  expect(status).toBe(200);
  expect(body).toMatch(/^process_cpu_seconds_total /m);
  expect(body).toMatch(/^trader_metrics_unreadable_total\{metric="trader_ready"\} /m);
  await vi.waitFor(() => expect(reader.messages.at(-1)).toMatchObject({ error: { code: 'INTERNAL' } }), 30_000);
  isBroken = false;
  events.add(happening('seen again'));
  await vi.waitFor(() => expect(reader.messages.map(({ reason }) => reason)).toContain('seen again'), 30_000);
  await vi.waitFor(() => expect(reader.messages.at(-1)).toMatchObject({ type: 'status' }), 30_000);
  reader.socket.close();
});
