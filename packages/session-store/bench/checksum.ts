// Right first: what was stored is what was given. The sums are taken over the deltas as they were given, and by the
// database over what it has; each field weighs with its number, so that two deltas that changed places are seen.
import type { DeltaRecord, StoreRecord } from '../src/index.ts';

export type Sums = {
  readonly deltas: number;
  readonly changes: number;
  readonly prices: number;
  readonly times: number;
};

export class Checksum {
  readonly #sums = { deltas: 0, changes: 0, prices: 0, times: 0 };

  add({ market, side, seq, price, delta, receivedAtMs, exchangeAtMs }: DeltaRecord): void {
    const weight = 1 + (seq % 101);
    this.#sums.deltas++;
    this.#sums.changes += delta * weight;
    this.#sums.prices += (price + (side === 'yes' ? 1 : 0) + marketOf(market)) * weight;
    this.#sums.times += (receivedAtMs % 100_000) * weight + receivedAtMs - exchangeAtMs!;
  }

  get sums(): Sums {
    return this.#sums;
  }
}

const marketOf = (ticker: string) => Number(ticker.slice(ticker.lastIndexOf('-') + 1));

export function sumsOf(records: Iterable<StoreRecord>): Sums {
  const checksum = new Checksum();
  for (const record of records) if (record.kind === 'delta') checksum.add(record);
  return checksum.sums;
}

/** @param market an expression for the market's number in its ticker */
export const sumsIn = (source: string, market: string): string => `
  select
    count(*) as deltas,
    sum(delta * (1 + seq % 101))::bigint as changes,
    sum((price + (side = 'yes')::int + ${market}) * (1 + seq % 101))::bigint as prices,
    sum(
      (round(extract(epoch from received_at) * 1000)::bigint % 100000) * (1 + seq % 101)
        + ceil(extract(epoch from received_at - exchange_at) * 1000)::bigint
    )::bigint as times
  from ${source}`;

/** For the view `deltas`; parameter $1 is the session. */
export const sumsOfSession: string = sumsIn('deltas where session_id = $1', `substring(market from '[0-9]+$')::bigint`);

/** @throws {Error} naming both, unless they are equal */
export function requireSame(who: string, given: Sums, stored: Record<string, unknown> | undefined): void {
  for (const key of ['deltas', 'changes', 'prices', 'times'] as const) {
    if (Number(stored?.[key]) !== given[key]) {
      throw new Error(`${who}: ${key} stored ${String(stored?.[key])}, given ${given[key]}`);
    }
  }
}
