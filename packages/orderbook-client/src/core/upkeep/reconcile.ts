// Wanted against confirmed: whatever changes, the exchange is asked for the difference and for nothing else.
import type { SubscribeCommand, WireChannel } from '../../wire.ts';
import { chunked } from '../state/commands.ts';
import { ASK_PAUSE_MS, isOpen, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { sendCommand } from '../state/outbox.ts';
import type { Subscription } from '../state/subscription.ts';

/** Asks for what is wanted and not there, and takes out what is there and not wanted. */
export function reconcile(state: FeedState, effects: FeedEffect[]): void {
  for (const subscription of state.subscriptions.values()) reconcileOne(state, subscription, effects);
}

/** Changes of the wanted markets within this time leave together. */
const MEMBERSHIP_WINDOW_MS = 100;

/** The wanted set has changed. The first change is answered at once; those of the next moment together, at its end. */
export function membershipChanged(state: FeedState, effects: FeedEffect[]): void {
  if (!isOpen(state)) return;
  if (state.membershipWindow !== 'closed') {
    state.membershipWindow = 'changed';
    return;
  }
  reconcile(state, effects);
  openMembershipWindow(state, 'open', MEMBERSHIP_WINDOW_MS, effects);
}

/** The moment is over. As long as commands wait to be sent, further ones would only make the queue longer. */
export function membershipWindowEnded(state: FeedState, effects: FeedEffect[]): void {
  if (!isOpen(state)) return;
  const isChanged = state.membershipWindow === 'changed';
  state.membershipWindow = 'closed';
  if (!isChanged) return;
  if (state.commands.waiting.length > 0) return openMembershipWindow(state, 'changed', MEMBERSHIP_WINDOW_MS, effects);
  membershipChanged(state, effects);
}

function openMembershipWindow(state: FeedState, as: 'open' | 'changed', delayMs: number, effects: FeedEffect[]): void {
  state.membershipWindow = as;
  effects.push({ type: 'start-timer', timer: 'membership', delayMs });
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
  subscription: Subscription,
  markets: readonly string[],
  effects: FeedEffect[],
): void {
  const { channel, sid, membership } = subscription;
  const purpose = { kind: 'add', channel, sid, markets } as const;
  const command =
    sid === null
      ? state.commands.issue(
          { cmd: 'subscribe', params: { channels: [channel], market_tickers: markets, ...conventionsOf(channel) } },
          purpose,
        )
      : state.commands.issue(
          { cmd: 'update_subscription', params: { sid, action: 'add_markets', market_tickers: markets } },
          purpose,
        );
  for (const market of markets) {
    membership.adding.set(market, command.sending);
    if (subscription === state.orderbook) state.requests.note(market, 'add', command.sending);
  }
  sendCommand(state, command, effects);
}

export function deleteMarkets(
  state: FeedState,
  { channel, sid, membership }: Subscription,
  markets: readonly string[],
  effects: FeedEffect[],
): void {
  if (sid === null) return;
  for (const chunk of chunked(markets, state.config.marketsPerCommand)) {
    const params = { sid, action: 'delete_markets' as const, market_tickers: chunk };
    const purpose = { kind: 'delete', channel, sid, markets: chunk } as const;
    const command = state.commands.issue({ cmd: 'update_subscription', params }, purpose);
    for (const market of chunk) membership.deleting.set(market, command.sending);
    sendCommand(state, command, effects);
  }
}

function subscribeToAll(state: FeedState, subscription: Subscription, effects: FeedEffect[]): void {
  const { channel } = subscription;
  const params = { channels: [channel], ...conventionsOf(channel) };
  const purpose = { kind: 'add', channel, sid: null, markets: null } as const;
  const command = state.commands.issue({ cmd: 'subscribe', params }, purpose);
  subscription.held = command.sending;
  sendCommand(state, command, effects);
}

/**
 * Ends a sid in order; once that is confirmed it is made anew, if it is still wanted. Both commands at once could be
 * taken in the other order, and then there would be no subscription at all.
 */
export function unsubscribe(state: FeedState, subscription: Subscription, effects: FeedEffect[]): void {
  const { sid, channel } = subscription;
  if (sid === null) return;
  const purpose = { kind: 'unsubscribe', channel, sid } as const;
  const command = state.commands.issue({ cmd: 'unsubscribe', params: { sids: [sid] } }, purpose);
  subscription.ending = command.sending;
  sendCommand(state, command, effects);
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
  subscription.held = null;
  let isLeftOut = false;
  if (listed) {
    const known = membership.confirmed;
    membership.confirmed = new Set(listed);
    // Nobody asked for these to go: the exchange sends no more of them.
    const lost = [...known].filter((market) => !membership.confirmed.has(market) && !membership.deleting.has(market));
    if (subscription === state.orderbook) markStale(state, lost, 'resubscribed', atMs, effects);
    isLeftOut = lost.some((market) => state.books.has(market));
  }
  if (!listed && change?.kind === 'add') for (const market of change.markets ?? []) membership.confirmed.add(market);
  if (!listed && change?.kind === 'delete')
    for (const market of change.markets ?? []) membership.confirmed.delete(market);
  // What an answer leaves out stays under way until its deadline: asking again at once could go on for ever.
  for (const market of membership.adding.keys()) if (membership.confirmed.has(market)) membership.adding.delete(market);
  for (const market of membership.deleting.keys())
    if (!membership.confirmed.has(market)) membership.deleting.delete(market);
  const sinceMs = state.monotonicMs - state.leftOutAtMs;
  if (isLeftOut) state.leftOutAtMs = state.monotonicMs;
  // The answer to the next question may leave out others, and so on.
  if (sinceMs < ASK_PAUSE_MS) openMembershipWindow(state, 'changed', ASK_PAUSE_MS - sinceMs, effects);
  else reconcileOne(state, subscription, effects);
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
