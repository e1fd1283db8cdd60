// Answers to commands, and the errors that no command caused.
import { OrderbookClientError } from '../../errors.ts';
import type { Purpose } from '../state/commands.ts';
import { fail, settleBarrier } from './connection.ts';
import type { ReplyMessage } from '../decode/decode.ts';
import { exchangeError } from '../decode/exchange-errors.ts';
import type { FeedEffect, FeedState } from '../state/feed-state.ts';
import { acknowledge, addMarkets, reconcile } from '../upkeep/reconcile.ts';
import { armAnswerDeadline, nameGap, resubscribe, settle } from '../upkeep/repair.ts';
import type { Subscription } from '../state/subscription.ts';

type Reply<K extends ReplyMessage['kind']> = Extract<ReplyMessage, { kind: K }>;

export function takeReply(
  state: FeedState,
  reply: ReplyMessage,
  subscription: Subscription | undefined,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  const purpose = state.commands.settle(reply.commandId);
  const seq = reply.kind === 'subscribed' ? null : reply.seq;
  state.counters.control++;
  const { epoch } = state;
  effects.push({ type: 'control', epoch, frameType: reply.kind, sid: reply.sid, seq, receivedAtMs: atMs, text });
  switch (reply.kind) {
    case 'subscribed':
      return takeSubscribed(state, reply, purpose, atMs, effects);
    case 'ok':
      return takeOk(state, reply, purpose, subscription, atMs, effects);
    case 'unsubscribed':
      if (!subscription) return;
      if (!subscription.ending) return lose(state, subscription, 'the exchange unsubscribed it', null, atMs, effects);
      subscription.end();
      reconcile(state, effects);
      return;
    case 'error':
      return takeError(state, reply, purpose, subscription, atMs, effects);
  }
}

function takeSubscribed(
  state: FeedState,
  { sid, channel }: Reply<'subscribed'>,
  purpose: Purpose | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  const subscription = purpose?.kind === 'add' ? state.subscriptions.get(purpose.channel) : undefined;
  if (purpose?.kind !== 'add' || subscription?.channel !== channel || subscription.sid !== null) {
    state.counters.foreign++;
    return;
  }
  subscription.sid = sid;
  subscription.lastFrameAtMs = atMs;
  state.heardAtMs = state.monotonicMs;
  if (subscription === state.orderbook) state.dataAtMs = state.monotonicMs;
  acknowledge(state, subscription, purpose, null, atMs, effects);
  settle(state, atMs, effects);
}

function takeOk(
  state: FeedState,
  { sid, markets, subscriptions }: Reply<'ok'>,
  purpose: Purpose | undefined,
  subscription: Subscription | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  switch (purpose?.kind) {
    case 'barrier':
      settleBarrier(state, purpose.requestId, null, effects);
      if (subscriptions) compareListed(state, subscriptions, atMs, effects);
      return;
    case 'get-snapshot':
    case 'audit':
    case 'unsubscribe':
      return;
    case 'add':
    case 'delete':
    case undefined: {
      // A late answer, to a question that was given up, still lists what the sid has.
      const subject = subscription ?? (purpose && sid === null ? state.subscriptions.get(purpose.channel) : undefined);
      if (!subject || subject.ending || subject.sid === null) {
        state.counters.foreign++;
        return;
      }
      acknowledge(state, subject, purpose ?? null, subject.scope === 'markets' ? markets : null, atMs, effects);
      settle(state, atMs, effects);
    }
  }
}

/** The exchange lists its subscriptions: what is missing among them is dead, whatever the pings say. */
function compareListed(
  state: FeedState,
  listed: readonly { readonly channel: string; readonly sid: number }[],
  atMs: number,
  effects: FeedEffect[],
): void {
  for (const subscription of state.subscriptions.values()) {
    const { sid, ending } = subscription;
    if (sid === null || ending || listed.some((entry) => entry.sid === sid)) continue;
    lose(state, subscription, 'the exchange does not list it', null, atMs, effects);
  }
}

function takeError(
  state: FeedState,
  { code, message, commandId, sid, markets }: Reply<'error'>,
  purpose: Purpose | undefined,
  subscription: Subscription | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { name, terminal } = exchangeError(code);
  const said = `error ${code} (${name}), "${message}"`;
  if (terminal) {
    // Without a sid it may be any of them; a new connection needs no state of the old one.
    if (sid === null) fail(state, lost(said, code), atMs, effects);
    else if (subscription) lose(state, subscription, said, code, atMs, effects);
    else state.counters.foreign++;
    return;
  }
  const text = `The exchange refused a command (${purpose?.kind ?? `id ${commandId ?? 'unknown'}`}): ${said}.`;
  const error = new OrderbookClientError('COMMAND_REJECTED', text, { exchangeCode: code });
  if (purpose?.kind === 'barrier') settleBarrier(state, purpose.requestId, error, effects);
  effects.push({ type: 'problem', error, retryInMs: null, atMs });
  if (purpose?.kind === 'add' && BLAMES_A_MARKET.has(name)) retryWithout(state, purpose, markets, effects);
}

/** One market of the command may be the reason; the others must not wait for it. */
const BLAMES_A_MARKET: ReadonlySet<string> = new Set(['marketNotFound', 'invalidParameter']);

/**
 * Asks again for the markets that are not to blame: all but those that the error names, or else in halves, until the one
 * to blame is alone. That one waits for the deadline, like any question without an answer.
 */
function retryWithout(
  state: FeedState,
  { channel, markets }: Extract<Purpose, { kind: 'add' }>,
  named: readonly string[],
  effects: FeedEffect[],
): void {
  const subscription = state.subscriptions.get(channel);
  if (!subscription || !markets || markets.length < 2) return;
  const blamed = new Set(named);
  const others = markets.filter((market) => !blamed.has(market) && state.books.has(market));
  if (others.length < markets.length) {
    if (others.length > 0) addMarkets(state, subscription, others, effects);
    return;
  }
  const middle = others.length >>> 1;
  addMarkets(state, subscription, others.slice(0, middle), effects);
  addMarkets(state, subscription, others.slice(middle), effects);
}

/** Nothing more comes on this sid: it is made anew. If that does not last, the connection is. */
function lose(
  state: FeedState,
  subscription: Subscription,
  why: string,
  code: number | null,
  atMs: number,
  effects: FeedEffect[],
): void {
  const error = lost(why, code);
  const isBooks = subscription === state.orderbook;
  subscription.losses++;
  if (isBooks && subscription.losses > 1) return fail(state, error, atMs, effects);
  if (subscription.sequence) {
    nameGap(state, subscription, subscription.sequence.last + 1, null, null, 'subscription-lost', effects);
  }
  effects.push({ type: 'problem', error, retryInMs: 0, atMs });
  subscription.end();
  if (isBooks) return resubscribe(state, atMs, effects);
  // Another channel must not cost the books their connection: it is asked for again once, and then at the slow pace of
  // whatever gets no answer.
  if (subscription.losses > 1) subscription.held = true;
  else reconcile(state, effects);
  if (!state.answerDue) armAnswerDeadline(state, effects);
}

function lost(why: string, code: number | null): OrderbookClientError {
  const details = code === null ? {} : { exchangeCode: code };
  return new OrderbookClientError('SUBSCRIPTION_LOST', `A subscription ended: ${why}.`, details);
}
