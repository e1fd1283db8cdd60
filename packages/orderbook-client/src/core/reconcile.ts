// Wanted against confirmed: whatever changes, the exchange is asked for the difference and for nothing else.
import { chunked, type Purpose } from './commands.ts';
import { isOpen, send, type FeedEffect, type FeedState } from './feed-state.ts';

/** The one channel that this client subscribes to. */
export const CHANNEL = 'orderbook_delta';

/** Asks for what is wanted and not there, and takes out what is there and not wanted. */
export function reconcile(state: FeedState, effects: FeedEffect[]): void {
  if (!isOpen(state)) return;
  const { confirmed, adding, deleting } = state.membership;
  const missing = state.books.markets().filter((market) => !confirmed.has(market) && !adding.has(market));
  const surplus = [...confirmed].filter((market) => !state.books.has(market) && !deleting.has(market));
  for (const markets of chunked(missing, state.config.marketsPerCommand)) add(state, markets, effects);
  for (const markets of chunked(surplus, state.config.marketsPerCommand)) remove(state, markets, effects);
}

/** Until there is a sid every command is a `subscribe`: the exchange merges them into one. */
function add(state: FeedState, markets: readonly string[], effects: FeedEffect[]): void {
  for (const market of markets) state.membership.adding.add(market);
  const purpose: Purpose = { kind: 'add', markets };
  const sid = state.subscription?.sid;
  const { text } =
    sid === undefined
      ? state.commands.issue(
          {
            cmd: 'subscribe',
            params: { channels: [CHANNEL], market_tickers: markets, use_yes_price: false },
          },
          purpose,
        )
      : state.commands.issue(
          { cmd: 'update_subscription', params: { sid, action: 'add_markets', market_tickers: markets } },
          purpose,
        );
  send(state, text, effects);
}

function remove(state: FeedState, markets: readonly string[], effects: FeedEffect[]): void {
  const sid = state.subscription?.sid;
  if (sid === undefined) return;
  for (const market of markets) state.membership.deleting.add(market);
  const params = { sid, action: 'delete_markets' as const, market_tickers: markets };
  send(state, state.commands.issue({ cmd: 'update_subscription', params }, { kind: 'delete', markets }).text, effects);
}

/**
 * The exchange has answered a command on the subscription's markets.
 *
 * @param listed the sid's full list as the answer gives it, `null` if it gives none: then it did what was asked
 */
export function acknowledge(
  state: FeedState,
  purpose: Extract<Purpose, { kind: 'add' | 'delete' }>,
  listed: readonly string[] | null,
  effects: FeedEffect[],
): void {
  const { membership } = state;
  if (listed) membership.confirmed = new Set(listed);
  else if (purpose.kind === 'add') for (const market of purpose.markets) membership.confirmed.add(market);
  else for (const market of purpose.markets) membership.confirmed.delete(market);
  // What an answer leaves out stays under way until its deadline: asking again at once could go on for ever.
  for (const market of membership.adding) if (membership.confirmed.has(market)) membership.adding.delete(market);
  for (const market of membership.deleting) if (!membership.confirmed.has(market)) membership.deleting.delete(market);
  reconcile(state, effects);
}
