// A recovery says what it kept, and the end of a session is told whoever wrote it, and whenever.
import { createSessionStore, type SessionRow } from '@trader/session-store';
import { temporaryFolder, type TestPostgres } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { startOwnServer } from './own-server.ts';
import { SocketReader } from './http-trader.ts';

let server: TestPostgres;
beforeAll(async () => void (server = await startOwnServer()));
afterAll(() => server?.stop());

const patience = { timeout: 60_000, interval: 20 };
const summed = ['messages', 'snapshots', 'deltas', 'trades', 'gaps', 'raw', 'facts', 'shed'] as const;

async function recording(drainMs = 60_000) {
  const url = await server.createDatabase();
  const folder = temporaryFolder('recovery-');
  const { feed, source, exchange } = await simulatedFeed({ markets: 3, deltasPerSecond: 400 });
  const lines: string[] = [];
  const trader = createTrader({
    feed,
    source,
    database: { url },
    recorder: 'test',
    port: 0,
    holdDownMs: 500,
    drainMs,
    store: { spool: { dir: folder.path }, batch: { maxAgeMs: 100 } },
    log: createLog('info', { destination: { write: (line) => void lines.push(line) } }),
  });
  await trader.start();
  expect(await trader.ready).toBe(true);
  const reader = new SocketReader(new URL(trader.url!).origin, '/ws');
  return {
    url,
    exchange,
    trader,
    reader,
    session: trader.status().session!.id,
    said: () => lines.map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string }),
    ended: () => reader.messages.flatMap((message) => (message['type'] === 'session-ended' ? [message] : [])),
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      await trader.stop('the test is over');
      await exchange.close();
      folder[Symbol.dispose]();
    },
  };
}

type Recording = Awaited<ReturnType<typeof recording>>;

/** Until the session is over. */
async function cut({ exchange, trader }: Recording): Promise<void> {
  const refused = exchange.control.faults.add({ kind: 'refuse', status: 503 });
  exchange.control.dropConnections();
  await vi.waitFor(() => expect(trader.status().session).toBeNull(), patience);
  exchange.control.faults.remove(refused);
}

const next = async ({ trader }: Recording, session: string) =>
  vi.waitFor(() => {
    const status = trader.status();
    expect(status.state).toBe('ready');
    expect(status.session!.id).not.toBe(session);
    return status;
  }, patience);

test('a recovery says how long it was away and what it kept: in the transition, its line, /status, /ws and /metrics', async () => {
  await using at = await recording();
  const { trader, reader, session } = at;
  await vi.waitFor(() => expect(Number(trader.status().session?.['deltas'])).toBeGreaterThan(300), patience);
  await cut(at);
  const status = await next(at, session);
  const ended = at.ended()[0]!['session'] as SessionRow;
  expect(ended).toMatchObject({ id: session, status: 'health_failure' });

  const transition = status.transitions.at(-1)!;
  expect(transition).toMatchObject({ to: 'ready', kind: 'recovery', sessionClosed: session });
  const { counters, lifetime, outageMs } = transition;
  for (const name of summed) {
    expect(lifetime![name], name).toBe(ended[name] + counters![name]);
    expect(status.lifetime![name], name).toBeGreaterThanOrEqual(lifetime![name]);
  }
  expect(status.lifetime!['deltas']).toBe(ended.deltas + Number(status.session!['deltas']));
  await vi.waitFor(() => {
    const told = reader.messages.findLast(({ type, to }) => type === 'state' && to === 'ready');
    expect(told).toMatchObject({ kind: 'recovery', lifetime, counters });
  }, patience);
  const { level, msg } = at.said().findLast(({ msg: text }) => text.includes('→ ready'))!;
  expect(level).toBe('info');
  for (const what of [session, status.session!.id, `${lifetime!['deltas']} deltas`, `${outageMs! / 1000} s`])
    expect(msg).toContain(what);
  const bad = at.said().filter(({ level: its }) => its === 'warn');
  expect(bad.some(({ msg: text }) => text.startsWith('ready → error: '))).toBe(true);
  expect(bad.some(({ msg: text }) => text.startsWith(`session ${session} ended as health_failure (`))).toBe(true);
  const metrics = await (await fetch(new URL('/metrics', trader.url!))).text();
  const lifetimeDeltas = /^trader_recorder_records_total\{kind="deltas"\} (\d+)$/m.exec(metrics)?.[1];
  expect(Number(lifetimeDeltas)).toBeGreaterThanOrEqual(lifetime!['deltas']);
});

describe('the end of a session is told', () => {
  test('when somebody else wrote it', async () => {
    await using at = await recording();
    await server.execute(
      at.url,
      `update sessions set status = 'closed', end_reason = 'by hand', ended_at = now() where status = 'active'`,
    );
    await next(at, at.session);
    await vi.waitFor(
      () => expect(at.ended()).toMatchObject([{ session: { id: at.session, status: 'closed', endReason: 'by hand' } }]),
      patience,
    );
  });

  test('when it is written late, as the database was away', async () => {
    await using at = await recording(2_000);
    await server.halt();
    await cut(at);
    await next(at, at.session);
    expect(at.ended()).toEqual([]);
    await server.start();
    await vi.waitFor(
      () => expect(at.ended()).toMatchObject([{ session: { id: at.session, status: 'health_failure' } }]),
      patience,
    );
    await vi.waitFor(async () => {
      await using store = await createSessionStore({ url: at.url, spool: false, compaction: false });
      const [recorder] = await store.query<{ deltas: number }>('select deltas from recorders');
      const { lifetime } = at.trader.status();
      expect(lifetime!['deltas']).toBeGreaterThanOrEqual(recorder!.deltas);
      expect(recorder!.deltas).toBeGreaterThan((at.ended()[0]!['session'] as SessionRow).deltas);
    }, patience);
  });
});

test('a session begins with its first record, which came before it was opened', async () => {
  await using at = await recording();
  await vi.waitFor(() => expect(Number(at.trader.status().session?.['deltas'])).toBeGreaterThan(50), patience);
  await at.trader.stop('done');
  await using store = await createSessionStore({ url: at.url, spool: false, compaction: false });
  const [session] = await store.sessions();
  const [first] = await store.query<{ at: Date }>(
    'select min(received_at) as at from (select received_at from snapshot_records union all select received_at from raw_frames) as record',
  );
  expect(session!.startedAtMs).toBe(first!.at.getTime());
});
