import { sql } from 'drizzle-orm';
import { lieIn } from '../../partitions/session-days.ts';
import type { FactRecord, LifecycleRecord, MarketRecord } from '../../records.ts';
import { factOf, factRows } from '../pages/ordinal-pages.ts';
import type { Read } from '../read.ts';
import { spansFrom } from '../stretch.ts';
import { marketLife, type MarketAt } from './market-life.ts';

/** What is announced of one market in its life is some messages, and each recorder has them. */
const mostAnnounced = 1000;

/** What was known of a market at a time, whichever session recorded it. */
export async function marketAt(read: Read, market: string, atMs: number): Promise<MarketAt | null> {
  let announced: readonly LifecycleRecord[] = [];
  for (const { fromMs, toMs } of spansFrom(atMs + 1, 'past')) {
    const latest = (kind: FactRecord['kind'], most: number) => sql`
      (
        ${factRows} where stored.market_id = (select id from markets where ticker = ${market})
          and stored.kind = ${kind} and ${lieIn({ fromMs, untilMs: toMs })}
        order by stored.received_at desc, stored.ordinal desc limit ${most}::integer
      )`;
    const rows = await read(
      sql`${latest('market', 1)} union all ${latest('lifecycle', mostAnnounced)}`,
      'Looking for what is known of a market',
    );
    const facts = rows.map(factOf);
    const described = facts.find((fact): fact is MarketRecord => fact.kind === 'market') ?? null;
    const isAnnounced = (fact: FactRecord): fact is LifecycleRecord => fact.kind === 'lifecycle';
    announced = [...facts.filter(isAnnounced).toReversed(), ...announced].slice(-mostAnnounced);
    if (described) return marketLife(market, atMs, described, announced);
  }
  return marketLife(market, atMs, null, announced);
}
