// The exchange's time to the microsecond, from the wire through the client into the store, and out of it again.
import { readFileSync } from 'node:fs';
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
  gold.title(
    'each delta of 24 real tapes has the microsecond of its frame after storing, and they have as many amendments',
  ),
  async () => {
    const tapes = goldTapes();
    expect(tapes).toHaveLength(24);
    await using store = await createSessionStore(await newDatabaseOn('postgres'));
    const seen = { deltas: 0, wrong: 0, amendments: 0, notWholeMs: 0 };
    for (const tape of tapes) {
      const session = await store.openSession({ recorder: 'tapes' });
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
      for await (const record of store.replay(session.id)) {
        if (record.kind !== 'delta') continue;
        const { market, delta, exchangeAtUs = null } = record;
        const place = record.epoch * 2 ** 32 + record.seq;
        seen.deltas++;
        if (exchangeAtUs === null || exchangeAtUs !== sent.get(place)) seen.wrong++;
        else if (exchangeAtUs % 1000 !== 0) seen.notWholeMs++;
        sent.delete(place);
        after.add(market, delta, exchangeAtUs);
      }
      expect(sent.size, `${tape}: deltas that are not stored`).toBe(0);
      expect(after.count, `${tape}: amendments`).toBe(before.count);
      seen.amendments += after.count;
    }
    expect(seen).toMatchObject({ deltas: 1_081_743, wrong: 0 });
    // Nearly half of the additions are amendments, and one time in a thousand is a whole ms.
    expect(seen.amendments).toBeGreaterThan(200_000);
    expect(seen.notWholeMs).toBeGreaterThan(1_000_000);
  },
  240_000,
);
