import type { SessionStore } from '@trader/session-store';
import { TraderError } from '../../errors.ts';

/**
 * The markets, each once. A name that was never recorded is a mistake, not an empty result; all of them are said at once.
 *
 * @throws {TraderError} `MARKET_UNKNOWN`
 */
export async function knownMarkets(
  store: Pick<SessionStore, 'query'>,
  markets: readonly string[],
): Promise<readonly string[]> {
  const wanted = [...new Set(markets)];
  const unknown: string[] = [];
  for (const market of wanted) {
    const [row] = await store.query('select 1 as there from markets where ticker = $1', [market]);
    if (!row) unknown.push(market);
  }
  if (unknown.length === 0) return wanted;
  const are = unknown.length === 1 ? 'is' : 'are';
  const text = `--markets: ${unknown.join(', ')} ${are} in no recording of this database. trader sql "select ticker from markets" has them`;
  throw new TraderError('MARKET_UNKNOWN', text, { exitCode: 2 });
}
