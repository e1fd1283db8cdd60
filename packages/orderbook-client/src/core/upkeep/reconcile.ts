// Wanted against confirmed: whatever changes, the exchange is asked for the difference and for nothing else.
import type { SubscribeCommand, WireChannel } from '../../wire.ts';
import { chunked } from '../state/commands.ts';
import { isOpen, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { send } from '../state/send.ts';
import type { Subscription } from '../state/subscription.ts';

/** Asks for what is wanted and not there, and takes out what is there and not wanted. */
export function reconcile(state: FeedState, effects: FeedEffect[]): void {
  for (const subscription of state.subscriptions.values()) reconcileOne(state, subscription, effects);
}

function reconcileOne(state: FeedState, subscription: Subscription, effects: FeedEffect[]): void {
  if (!isOpen(state) || subscription.ending || subscription.held) return;
  if (subscription.scope === 'all') {
    if (subscription.sid === null) subscribeToAll(state, subscription, effects);
    return;
  }
  const { channel, sid, membership } = subscription;
  const { confirmed, adding, deleting } = membership;
  // Whether a filter without markets means none or all of them is not known, so the filter is never emptied.
  if (state.books.size === 0 && sid !== null && channel !== 'orderbook_delta') {
    unsubscribe(state, subscription, effects);
    return;
  }
  const missing: string[] = [];
  for (const market of state.books.markets()) {
    if (!confirmed.has(market) && !adding.has(market)) missing.push(market);
  }
  const surplus = [...confirmed].filter((market) => !state.books.has(market) && !deleting.has(market));
  for (const markets of chunked(missing, state.config.marketsPerCommand)) {
    addMarkets(state, subscription, markets, effects);
  }
  deleteMarkets(state, subscription, surplus, effects);
}

/** Until there is a sid every command is a `subscribe`: the exchange merges them into one. */
export function addMarkets(
  state: FeedState,
  { channel, sid, membership }: Subscription,
  markets: readonly string[],
  effects: FeedEffect[],
): void {
  for (const market of markets) membership.adding.add(market);
  const purpose = { kind: 'add', channel, markets } as const;
  const { text } =
    sid === null
      ? state.commands.issue(
          { cmd: 'subscribe', params: { channels: [channel], market_tickers: markets, ...conventionsOf(channel) } },
          purpose,
        )
      : state.commands.issue(
          { cmd: 'update_subscription', params: { sid, action: 'add_markets', market_tickers: markets } },
          purpose,
        );
  send(state, text, effects);
}

export function deleteMarkets(
  state: FeedState,
  { channel, sid, membership }: Subscription,
  markets: readonly string[],
  effects: FeedEffect[],
): void {
  if (sid === null) return;
  for (const chunk of chunked(markets, state.config.marketsPerCommand)) {
    for (const market of chunk) membership.deleting.add(market);
    const params = { sid, action: 'delete_markets' as const, market_tickers: chunk };
    const purpose = { kind: 'delete', channel, markets: chunk } as const;
    send(state, state.commands.issue({ cmd: 'update_subscription', params }, purpose).text, effects);
  }
}

function subscribeToAll(state: FeedState, subscription: Subscription, effects: FeedEffect[]): void {
  const { channel } = subscription;
  subscription.held = true;
  const params = { channels: [channel], ...conventionsOf(channel) };
  const purpose = { kind: 'add', channel, markets: null } as const;
  send(state, state.commands.issue({ cmd: 'subscribe', params }, purpose).text, effects);
}

/**
 * Ends a sid in order; once that is confirmed it is made anew, if it is still wanted. Both commands at once could be
 * taken in the other order, and then there would be no subscription at all.
 */
export function unsubscribe(state: FeedState, subscription: Subscription, effects: FeedEffect[]): void {
  const { sid, channel } = subscription;
  if (sid === null) return;
  subscription.ending = true;
  const purpose = { kind: 'unsubscribe', channel } as const;
  send(state, state.commands.issue({ cmd: 'unsubscribe', params: { sids: [sid] } }, purpose).text, effects);
}

/**
 * The exchange has answered for a subscription.
 *
 * @param change what the answered command asked for, if it changed the markets
 * @param listed the sid's full list as the answer gives it, `null` if it gives none: then it did what was asked
 */
export function acknowledge(
  state: FeedState,
  subscription: Subscription,
  change: { readonly kind: 'add' | 'delete'; readonly markets: readonly string[] | null } | null,
  listed: readonly string[] | null,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { membership } = subscription;
  subscription.held = false;
  if (listed) {
    const known = membership.confirmed;
    membership.confirmed = new Set(listed);
    // Nobody asked for these to go, or their books are gone already: the exchange sends no more of them.
    const lost = [...known].filter((market) => !membership.confirmed.has(market));
    if (subscription === state.orderbook) markStale(state, lost, 'resubscribed', atMs, effects);
  }
  if (!listed && change?.kind === 'add') for (const market of change.markets ?? []) membership.confirmed.add(market);
  if (!listed && change?.kind === 'delete')
    for (const market of change.markets ?? []) membership.confirmed.delete(market);
  // What an answer leaves out stays under way until its deadline: asking again at once could go on for ever.
  for (const market of membership.adding) if (membership.confirmed.has(market)) membership.adding.delete(market);
  for (const market of membership.deleting) if (!membership.confirmed.has(market)) membership.deleting.delete(market);
  reconcileOne(state, subscription, effects);
}

/** What a `subscribe` states, so that no default of the exchange decides. */
const conventionsOf = (channel: WireChannel): Partial<SubscribeCommand['params']> => CONVENTIONS[channel] ?? {};

const CONVENTIONS: { readonly [Channel in WireChannel]?: Partial<SubscribeCommand['params']> } = {
  orderbook_delta: { use_yes_price: false },
  ticker: { send_initial_snapshot: true },
  // Without a name nothing comes on these.
  cfbenchmarks_value: { index_ids: ['all'] },
  cfbenchmarks_value_5hz: { index_ids: ['all'] },
  pyth_value: { underlying_tickers: ['all'] },
};
