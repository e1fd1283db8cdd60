// What a feed gives of a few busy markets, with whatever goes wrong in it: snapshots now and then, holes of every kind, a
// connection that is lost, numbers that go to other markets, a clock that jumps. With a clock that jumps (even seeds) no hole
// is told by its time alone: nobody could say where it was.
import { seededRandom } from '@trader/testkit';
import type { StoredLevel, StoreRecord } from '../src/index.ts';

const markets = ['RAIN', 'SNOW', 'HAIL'];

export function marketData(seed: number, records: number, fromMs: number): readonly StoreRecord[] {
  const random = seededRandom(seed);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const data: StoreRecord[] = [];
  const jumps = seed % 2 === 0;
  let epoch = 1;
  let seq = 0;
  let receivedAtMs = fromMs;
  const side = (): StoredLevel[] =>
    Array.from({ length: upTo(4) }, (_, index): StoredLevel => [100 * (index + 1), 1 + upTo(500)]);
  const gap = (over: object) => {
    const fromAtMs = receivedAtMs;
    receivedAtMs += 1 + upTo(1000);
    const common = { kind: 'gap', epoch, sid: 1, firstSeq: null, lastSeq: null, fromAtMs, toAtMs: receivedAtMs };
    receivedAtMs += 1;
    data.push({ ...common, cause: 'test', ...over } as StoreRecord);
  };
  const snapshot = (market: string) =>
    data.push({ kind: 'snapshot', epoch, sid: 1, seq: ++seq, market, receivedAtMs, yes: side(), no: side() });
  markets.forEach(snapshot);
  while (data.length < records) {
    receivedAtMs += upTo(1500);
    seq += 1 + (random() < 0.1 ? upTo(5) : 0);
    const market = markets[upTo(markets.length - 1)]!;
    const chance = random();
    if (chance < 0.008) snapshot(market);
    else if (chance < 0.009) gap({ firstSeq: seq, lastSeq: seq + 3 });
    else if (chance < 0.01) gap({ firstSeq: seq, toAtMs: null });
    else if (chance < 0.011) gap(jumps ? { firstSeq: null, lastSeq: seq } : { sid: null });
    else if (chance < 0.012) gap({ firstSeq: seq, lastSeq: seq + 2, market });
    else if (chance < 0.014 && jumps) receivedAtMs += upTo(3) * 40_000_000 - 40_000_000;
    else if (chance < 0.015) {
      epoch++;
      seq = 0;
      markets.forEach(snapshot);
    } else {
      const price = 100 * (1 + upTo(5));
      const common = { kind: 'delta', epoch, sid: 1, seq, market, price, exchangeAtMs: null, receivedAtMs } as const;
      data.push({ ...common, side: random() < 0.5 ? 'yes' : 'no', delta: upTo(400) - 200 });
    }
    if (data.at(-1)?.kind === 'gap') seq += 4;
  }
  return data;
}
