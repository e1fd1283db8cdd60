import type { SessionStore } from '@trader/session-store';
import { TraderError } from '../errors.ts';

/**
 * The markets, each once. A name that was never recorded is a mistake, not an empty result.
 *
 * @throws {TraderError} `MARKET_UNKNOWN`
 */
export async function knownMarkets(
  store: Pick<SessionStore, 'query'>,
  markets: readonly string[],
): Promise<readonly string[]> {
  const wanted = [...new Set(markets)];
  for (const market of wanted) {
    const [row] = await store.query('select 1 as there from markets where ticker = $1', [market]);
    if (row) continue;
    const text = `--markets: ${market} is in no recording of this database. trader sql "select ticker from markets" has them`;
    throw new TraderError('MARKET_UNKNOWN', text, { exitCode: 2 });
  }
  return wanted;
}
