// Waiting for books: for all that are wanted, or for some of them.
import type { WaitOptions } from './client-api.ts';
import type { BookView } from './core/book/book-view.ts';
import { OrderbookClientError } from './errors.ts';
import { EVENT_TYPES, type FeedPhase, type OrderbookEvent } from './events.ts';
import { quote } from './option-checks.ts';
import type { Waiting } from './waiting.ts';

/** Whatever may make a book right, or say why none comes; a delta alone does neither. */
const TOLD_BY = EVENT_TYPES.filter((type) => type !== 'delta');

/** What is to be seen of the client. */
export interface SyncedView {
  readonly phase: () => FeedPhase;
  /** Every wanted book is synced, and the client is connected. */
  readonly isSynced: () => boolean;
  /** The latest since the client was last live. */
  readonly lastProblem: () => OrderbookClientError | null;
  readonly book: (market: string) => BookView | undefined;
  readonly books: () => Iterable<BookView>;
}

/** @param markets `null`: all that are wanted */
export async function whenSynced(
  waiting: Waiting,
  view: SyncedView,
  markets: readonly string[] | null,
  options: WaitOptions,
): Promise<void> {
  const areSynced = markets ? watchOver(view, markets) : view.isSynced;
  await waiting.wait<void>({
    name: 'whenSynced',
    options,
    types: TOLD_BY,
    look: (event, found) => {
      if (areSynced(event)) return found();
      const problem = event?.type === 'problem' ? event.error : view.phase() === 'waiting' ? view.lastProblem() : null;
      // The client goes on trying, but whoever waits does so for a person.
      if (problem && isRejected(problem)) throw problem;
    },
    late: (timeoutMs) => notSynced(view, markets, timeoutMs),
  });
}

/** Looks at the first book that is missing alone, and over all of them only when it is there: thousands may be waited for. */
function watchOver(view: SyncedView, markets: readonly string[]): (event: OrderbookEvent | null) => boolean {
  let missing = 0;
  const isThere = (market: string): boolean => wantedBook(view, market).synced;
  return (event) => {
    if (event === null) for (const market of markets) wantedBook(view, market);
    while (missing < markets.length && isThere(markets[missing]!)) missing++;
    if (missing < markets.length) return false;
    missing = markets.findIndex((market) => !isThere(market));
    if (missing < 0) missing = markets.length;
    return missing === markets.length;
  };
}

function wantedBook({ book }: Pick<SyncedView, 'book'>, market: string): BookView {
  const found = book(market);
  if (!found) throw notWanted(market);
  return found;
}

export const notWanted = (market: unknown): OrderbookClientError =>
  new OrderbookClientError('NOT_WANTED', `${quote(market)} is not a wanted market: add it with addMarkets first.`);

const isRejected = ({ code }: OrderbookClientError): boolean =>
  code === 'AUTH_REJECTED' || code === 'ACCESS_DENIED' || code === 'REPLAY_SOURCE_FAILED';

/** Books that a message names; it says how many more there are. */
const NAMED_BOOKS = 5;

function notSynced(view: SyncedView, markets: readonly string[] | null, timeoutMs: number): OrderbookClientError {
  const only = markets && new Set(markets);
  const wanted = [...view.books()].filter(({ market }) => !only || only.has(market));
  const stale = wanted.filter(({ synced }) => !synced);
  const named = stale.slice(0, NAMED_BOOKS).map(({ market, staleReason }) => `${market} (${staleReason})`);
  const more = stale.length > named.length ? ` and ${stale.length - named.length} more` : '';
  const which = named.length === 0 ? '' : `: ${named.join(', ')}${more}`;
  const lastProblem = view.lastProblem();
  const why = lastProblem ? ` The last problem was ${lastProblem.code}: see cause.` : '';
  const text = `${stale.length} of ${wanted.length} books were not synced within ${timeoutMs} ms${which}. The client is ${view.phase()}.${why}`;
  return new OrderbookClientError('NOT_SYNCED', text, { ...(lastProblem && { cause: lastProblem }) });
}
