import { sql } from 'drizzle-orm';
import { textArrayLiteral } from '../../database/array-literal.ts';
import type { Run } from '../../database/engines/engine.ts';
import { numberOf, textOf } from '../../database/rows.ts';

/** The numbers of these markets, new ones entered. Harmless when repeated. */
export async function insertMarketIds(run: Run, tickers: readonly string[]): Promise<ReadonlyMap<string, number>> {
  // In one order for everybody, so that two writers with the same new markets wait for each other instead of deadlocking.
  const names = textArrayLiteral(tickers.toSorted());
  await run(sql`
    insert into markets (ticker)
    select name from unnest(${names}::text::text[]) as name
    where not exists (select from markets where ticker = name)
    on conflict do nothing`);
  // By the index, one by one: an `any` of very many is compared with each row of a table of which nothing is known yet.
  const rows = await run(sql`
    select id, ticker from unnest(${names}::text::text[]) as name join markets on ticker = name`);
  return new Map(rows.map((row) => [textOf(row, 'ticker'), numberOf(row, 'id')]));
}
