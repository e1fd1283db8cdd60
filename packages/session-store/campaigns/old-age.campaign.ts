// Years of partitions, and a server with as many locks as it has by default: what is done every day is done then, too.
import { campaignProgress, campaignRounds, startPostgres, type TestPostgres } from '@trader/testkit';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSessionStore, type StoreRecord } from '../src/index.ts';
import { dayMs, dayOf } from '../src/database/day.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { createPartitions } from '../src/partitions/create-partitions.ts';
import { systemRuntime } from '../src/runtime.ts';
import { delta, raw, snapshot, trade } from '../test/contract.ts';

const years = campaignRounds(2);
const weeks = 52 * years;
const closed = { status: 'closed', reason: 'test' } as const;

let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres()));
afterAll(async () => server?.stop());

test(`after ${years} years a store reads, verifies and closes orphans as on the first day`, async () => {
  const url = await server.createDatabase();
  const todayMs = dayOf(Date.now()) * dayMs;
  const weekMs = (week: number) => todayMs - week * 7 * dayMs;
  const recorded: { id: string; week: number }[] = [];
  await using store = await createSessionStore({ url });
  const engine = new PostgresEngine(url, 60_000, systemRuntime);
  const progress = campaignProgress('year', years);
  for (let year = 1; year <= years; year++) {
    const days = Array.from({ length: 52 }, (_, week) => dayOf(weekMs(52 * (years - year) + week)));
    await engine.transact(async (run) => createPartitions(run, days, { most: 1e9, wide: true }), {
      doing: 'Making a year',
    });
    progress(year);
  }
  await engine.close();
  for (let week = weeks - 1; week >= 0; week -= 13) {
    const session = await store.openSession({ recorder: 'desk-1' });
    for (const [index, records] of Array.from({ length: 13 }, (_, next) => ofWeek(weekMs(week - next))).entries()) {
      for (const record of records(4 * index)) session.append(record);
    }
    await session.close(closed);
    recorded.push({ id: session.id, week });
  }
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const [partitions] =
    await sql`select count(*)::int as partitions from pg_inherits where inhparent = 'delta_chunks'::regclass`;
  expect(partitions!['partitions']).toBeGreaterThan(weeks);
  await store.compact();

  for (const { id } of [recorded[0]!, recorded.at(-1)!]) {
    expect(await store.verify(id)).toMatchObject({ ok: true });
    const kinds = new Set<string>();
    for await (const { kind } of store.replay(id)) kinds.add(kind);
    expect(kinds).toEqual(new Set(['snapshot', 'delta', 'trade', 'raw']));
  }
  const { market } = snapshot(1) as { market: string };
  // Together, as dashboards ask.
  const books = await Promise.all(
    Array.from({ length: 2 * years }, async (_, half) => store.bookAt(market, weekMs(26 * half) + dayMs)),
  );
  expect(books.filter(({ base }) => base === null)).toEqual([]);
  expect(await store.bookAt(market, weekMs(weeks + 100))).toMatchObject({ why: 'no recording' });
  const intervals = await store.coverage(market, weekMs(weeks), todayMs);
  expect(intervals.some(({ covered }) => covered)).toBe(true);

  // Killed, and found by a store that starts anew; and one that a version before had recorded.
  const killed = await store.openSession({ recorder: 'desk-1' });
  killed.append(snapshot(1, { epoch: 99, receivedAtMs: Date.now() }));
  await killed.flush();
  await sql`update sessions set owner = 'gone', lease_until = now() - interval '1 hour' where id = ${killed.id}`;
  await sql`update sessions set first_day = '-infinity' where id in (${killed.id}, ${recorded[3]!.id})`;
  await using next = await createSessionStore({ url, lease: { durationMs: 1000, sweepEveryMs: 100 } });
  await expect.poll(async () => (await next.sessions({ limit: 1 }))[0]?.status, { timeout: 60_000 }).toBe('reclaimed');
  expect(await next.verify(recorded[3]!.id)).toMatchObject({ ok: true });
  const again = await next.openSession({ recorder: 'desk-1' });
  await again.close(closed);
  await expect(killed.close(closed)).rejects.toMatchObject({ code: 'SESSION_FENCED' });
  await sql.end({ timeout: 1 });
});

const ofWeek =
  (receivedAtMs: number) =>
  (seq: number): readonly StoreRecord[] => [
    snapshot(seq + 1, { receivedAtMs }),
    delta(seq + 2, { receivedAtMs, exchangeAtMs: null }),
    trade(seq + 3, { sid: 1, receivedAtMs, exchangeAtMs: null }),
    raw({ sid: 1, seq: seq + 4, receivedAtMs }),
  ];
