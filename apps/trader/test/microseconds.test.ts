// The exchange's time to the microsecond, from the wire through the client into the store, and out of it again.
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createExchange } from '@trader/exchange-simulator';
import { createOrderbookClient, type DeltaEvent, type OrderbookClient } from '@trader/orderbook-client';
import { eventToRecord, recordToEvent, RECORDED_EVENTS, type RawRecord } from '@trader/orderbook-client/records';
import { createReplayClient } from '@trader/orderbook-client/replay';
import { createSessionStore, type StoreRecord } from '@trader/session-store';
import { testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { engines, newDatabaseOn } from './databases.ts';
import { gold, goldTapes, wireUs } from './gold-tapes.ts';

/** Additions in the microsecond of the removal before them: the two are one amendment. */
class Amendments {
  count = 0;
  readonly #removedAtUs = new Map<string, number | null>();

  add(market: string, delta: number, atUs: number | null): void {
    if (delta > 0 && atUs !== null && atUs === this.#removedAtUs.get(market)) this.count++;
    this.#removedAtUs.set(market, delta < 0 ? atUs : null);
  }
}

const timesOf = ({ epoch, sid, seq, exchangeAtMs, exchangeAtUs }: DeltaEvent) =>
  [epoch, sid, seq, exchangeAtMs, exchangeAtUs] as const;

const deltaTimes = (client: OrderbookClient): ReturnType<typeof timesOf>[] => {
  const times: ReturnType<typeof timesOf>[] = [];
  client.on('delta', (event) => void times.push(timesOf(event)));
  return times;
};

test.each(engines)('a bot on a recording has the microseconds that it had live (%s)', async (engine) => {
  await using exchange = await createExchange({ markets: 3, deltasPerSecond: 800, seed: testSeed() });
  const { url, credentials, markets } = exchange;
  await using store = await createSessionStore(await newDatabaseOn(engine));
  const session = await store.openSession({ recorder: 'bot' });
  await using live = createOrderbookClient({ url, credentials, markets });
  for (const type of RECORDED_EVENTS) live.on(type, (event) => void session.append(eventToRecord(event)));
  const told = deltaTimes(live);
  live.start();
  await expect.poll(() => told.length, { timeout: 60_000 }).toBeGreaterThan(1000);
  await live.close();
  await session.close({ status: 'closed', reason: 'test' });

  // The simulator's times are not whole ms, or all this would say nothing.
  expect(told.filter(([, , , , us]) => us !== null && us % 1000 !== 0).length).toBeGreaterThan(told.length / 2);
  for (const compacted of [false, true]) {
    if (compacted) await store.compact();
    const replay = createReplayClient({ source: store.replay(session.id), markets });
    const again = deltaTimes(replay);
    replay.start();
    await replay.finished;
    expect(again).toEqual(told);
  }
});

type Line = {
  readonly recv_ms: number;
  readonly event: {
    readonly type: string;
    readonly sid: number;
    readonly seq: number;
    readonly msg: { readonly market_ticker: string; readonly delta_fp: string; readonly ts: string };
  };
};

const framesOf = (tape: string) =>
  gunzipSync(readFileSync(tape))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as Line), text: line.slice(line.indexOf('"event":') + 8, -1) }));

/** What the client makes of a frame. */
const recordOf = (text: string, epoch: number, { recv_ms: receivedAtMs, event: { sid, seq } }: Line): StoreRecord => {
  const raw: RawRecord = { kind: 'raw', epoch, sid, seq, receivedAtMs, text };
  return eventToRecord(recordToEvent(raw));
};

test.skipIf(gold.missing)(
  gold.title('each delta of a real tape has the microsecond of its frame after storing, and it has as many amendments'),
  async () => {
    const tape = goldTapes().find((path) => statSync(path).size > 200_000)!;
    await using store = await createSessionStore(await newDatabaseOn('postgres'));
    const session = await store.openSession({ recorder: 'tape' });
    const sent = new Map<number, number>();
    const before = new Amendments();
    // Numbers begin again where the tape's connection did.
    let [epoch, lastSeq] = [1, 0];
    for (const { text, ...line } of framesOf(tape)) {
      if (line.event.type !== 'orderbook_delta') continue;
      const { seq, msg } = line.event;
      const atUs = wireUs(msg.ts);
      if (seq <= lastSeq) epoch++;
      lastSeq = seq;
      sent.set(epoch * 2 ** 32 + seq, atUs);
      before.add(msg.market_ticker, Number(msg.delta_fp), atUs);
      if (session.append(recordOf(text, epoch, line)) === 'full') await session.drained();
    }
    await session.close({ status: 'closed', reason: 'test' });

    const after = new Amendments();
    const stored = new Map<number, number | null>();
    for await (const record of store.replay(session.id)) {
      if (record.kind !== 'delta') continue;
      const { market, delta, exchangeAtUs = null } = record;
      stored.set(record.epoch * 2 ** 32 + record.seq, exchangeAtUs);
      after.add(market, delta, exchangeAtUs);
    }
    expect(stored).toEqual(sent);
    expect(after.count).toBe(before.count);
    // Nearly half of the additions are amendments, and one time in a thousand is a whole ms.
    expect(after.count).toBeGreaterThan(sent.size / 10);
    expect([...sent.values()].filter((atUs) => atUs % 1000 !== 0).length).toBeGreaterThan(sent.size * 0.99);
  },
);
