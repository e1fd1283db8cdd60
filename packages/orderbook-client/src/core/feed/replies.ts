// Answers to commands, and the errors that no command caused.
import { OrderbookClientError } from '../../errors.ts';
import type { Purpose } from '../state/commands.ts';
import { settleBarrier } from './barrier.ts';
import { fail } from './connection.ts';
import type { ReplyMessage } from '../decode/decode.ts';
import { exchangeError } from '../decode/exchange-errors.ts';
import { isOpen, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { acknowledge, addMarkets, reconcile } from '../upkeep/reconcile.ts';
import { endAuditOf } from '../upkeep/audit.ts';
import { nameGap, resubscribe } from '../upkeep/repair.ts';
import { checkAnswered, confirmedSids, doubtBooks, requestCheck } from '../upkeep/verification.ts';
import { SequenceTracker } from '../state/sequence.ts';
import type { Subscription } from '../state/subscription.ts';
import type { WireChannel } from '../../wire.ts';

type Reply<K extends ReplyMessage['kind']> = Extract<ReplyMessage, { kind: K }>;

export function acceptReply(
  state: FeedState,
  reply: ReplyMessage,
  subscription: Subscription | undefined,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  const purpose = state.commands.takeAnswered(reply.commandId);
  noteAcknowledged(state, reply.commandId, purpose);
  const seq = reply.kind === 'subscribed' ? null : reply.seq;
  state.counters.control++;
  const { epoch } = state;
  effects.push({ type: 'control', epoch, frameType: reply.kind, sid: reply.sid, seq, receivedAtMs: atMs, text });
  switch (reply.kind) {
    case 'subscribed':
      return acceptSubscribed(state, reply, purpose, atMs, effects);
    case 'ok':
      return acceptOk(state, reply, purpose, subscription, atMs, effects);
    case 'unsubscribed':
      if (!subscription) return;
      if (!subscription.ending) return lose(state, subscription, 'the exchange unsubscribed it', null, atMs, effects);
      endInOrder(state, subscription, effects);
      return;
    case 'error':
      return acceptError(state, reply, purpose, subscription, atMs, effects);
  }
}

/** Barriers and checks may be answered out of order, and say nothing about what else is on its way. */
function noteAcknowledged(state: FeedState, commandId: number | null, purpose: Purpose | undefined): void {
  if (commandId === null || !purpose || purpose.kind === 'barrier' || purpose.kind === 'check') return;
  state.acknowledgedOrder = Math.max(state.acknowledgedOrder, commandId);
  state.acknowledgedAtMs = state.monotonicMs;
}

/** The exchange has ended what it was asked to end. */
function endInOrder(state: FeedState, subscription: Subscription, effects: FeedEffect[]): void {
  subscription.end();
  if (subscription === state.orderbook) state.requests.forgetAll();
  reconcile(state, effects);
}

function acceptSubscribed(
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
}

function acceptOk(
  state: FeedState,
  { sid, seq, commandId, markets, subscriptions }: Reply<'ok'>,
  purpose: Purpose | undefined,
  subscription: Subscription | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  switch (purpose?.kind) {
    case 'barrier':
      settleBarrier(state, purpose.requestId, null, effects);
      if (subscriptions) compareListed(state, subscriptions, purpose.sids, atMs, effects);
      return;
    case 'check':
      if (subscriptions) compareListed(state, subscriptions, purpose.sids, atMs, effects);
      if (state.check?.id !== commandId) return;
      // It may be older than a subscription that it leaves out, or know that this one is dead: a later one shows it.
      if (subscriptions && leavesOut(state, subscriptions)) requestCheck(state, state.check.isSuspicion, effects);
      else checkAnswered(state, atMs, effects);
      return;
    case 'get-snapshot':
    case 'audit':
    case 'unsubscribe':
      return;
    case 'add':
    case 'delete':
    case undefined: {
      if (purpose?.kind === 'add' && !subscription) adopt(state, purpose.channel, purpose.sid, sid, seq, atMs);
      // A late answer, to a question that was given up, still lists what the sid has.
      const own = purpose && state.subscriptions.get(purpose.channel);
      const subject = subscription ?? (sid === null || sid === own?.sid ? own : undefined);
      if (!subject || subject.ending || subject.sid === null) {
        state.counters.foreign++;
        return;
      }
      acknowledge(state, subject, purpose ?? null, subject.scope === 'markets' ? markets : null, atMs, effects);
    }
  }
}

/**
 * A `subscribe` was merged into a subscription whose first answer never came: it is ours, from this number on. What came
 * on it before was passed on as foreign.
 */
function adopt(
  state: FeedState,
  channel: WireChannel,
  asked: number | null,
  sid: number | null,
  seq: number | null,
  atMs: number,
): void {
  const subscription = state.subscriptions.get(channel);
  if (asked !== null || sid === null || !subscription || subscription.sid !== null) return;
  subscription.sid = sid;
  subscription.lastFrameAtMs = atMs;
  if (seq !== null) subscription.sequence = new SequenceTracker(seq);
}

/**
 * The exchange lists its subscriptions: what is missing among them is dead, whatever the pings say.
 *
 * @param sids what was confirmed when the list was asked for: it says nothing about others
 */
function compareListed(
  state: FeedState,
  listed: readonly { readonly channel: string; readonly sid: number }[],
  sids: readonly number[],
  atMs: number,
  effects: FeedEffect[],
): void {
  for (const subscription of state.subscriptions.values()) {
    const { sid, ending } = subscription;
    if (sid === null || ending || !sids.includes(sid) || listed.some((entry) => entry.sid === sid)) continue;
    lose(state, subscription, 'the exchange does not list it', null, atMs, effects);
    if (!isOpen(state)) return;
  }
}

const leavesOut = (state: FeedState, listed: readonly { readonly sid: number }[]): boolean =>
  confirmedSids(state).some((sid) => !listed.some((entry) => entry.sid === sid));

function acceptError(
  state: FeedState,
  { code, message, commandId, sid, markets }: Reply<'error'>,
  purpose: Purpose | undefined,
  subscription: Subscription | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { name, terminal } = exchangeError(code);
  const said = `error ${code} (${name}), "${message}"`;
  const asked = purpose && 'channel' in purpose ? purpose : undefined;
  if (terminal && sid !== null) {
    if (subscription) lose(state, subscription, said, code, atMs, effects);
    else state.counters.foreign++;
    return;
  }
  if (terminal && !purpose) return suspectAll(state, said, code, atMs, effects);
  // What a command was about is gone: the error that ends it has no sid, or this one says that there is no such sid.
  const subject = asked && state.subscriptions.get(asked.channel);
  const isAboutIt = subject && subject.sid !== null && (asked.sid === null ? terminal : asked.sid === subject.sid);
  if (isAboutIt && (terminal || name === 'unknownSubscription')) {
    if (subject.ending) endInOrder(state, subject, effects);
    else lose(state, subject, said, code, atMs, effects);
    return;
  }
  const text = `The exchange refused a command (${purpose?.kind ?? `id ${commandId ?? 'unknown'}`}): ${said}.`;
  const error = new OrderbookClientError('COMMAND_REJECTED', text, { exchangeCode: code });
  effects.push({ type: 'problem', error, retryInMs: null, atMs });
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others wait for their deadline
  switch (purpose?.kind) {
    case 'barrier':
      return settleBarrier(state, purpose.requestId, error, effects);
    case 'check':
      if (state.check?.id !== commandId) return;
      // It stands behind all that was sent before too, but does not say what is dead.
      if (state.check.isSuspicion) return fail(state, lost(said, code), atMs, effects);
      return checkAnswered(state, atMs, effects);
    case 'audit':
      return endAuditOf(state, null, effects);
    case 'add':
      if (BLAMES_A_MARKET.has(name)) retryWithout(state, purpose, markets, effects);
  }
}

/** Something has ended, and nothing tells what: the exchange is asked what is still there. */
function suspectAll(state: FeedState, said: string, code: number, atMs: number, effects: FeedEffect[]): void {
  const subscribed = [...state.subscriptions.values()].filter(({ sid }) => sid !== null);
  const [only] = subscribed;
  if (!only) return fail(state, lost(said, code), atMs, effects);
  if (subscribed.length === 1) return lose(state, only, said, code, atMs, effects);
  effects.push({ type: 'problem', error: lost(said, code), retryInMs: 0, atMs });
  if (state.orderbook.sid !== null) doubtBooks(state, 'unanswered', atMs, effects);
  // The answer to one that has left may have been made before.
  if (state.check?.isSuspicion && state.check.sending.sentAtMs === Infinity) return;
  requestCheck(state, true, effects);
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

/** Nothing more comes on this sid: it is made anew. If that does not last, the connection is, or it is asked for slowly. */
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
  const isAgain = state.monotonicMs - subscription.lostAtMs < state.config.stableAfterMs;
  if (isBooks && (isAgain || state.repairStep >= 2)) return fail(state, error, atMs, effects);
  subscription.lostAtMs = state.monotonicMs;
  if (subscription.sequence) {
    const firstSeq = subscription.sequence.last + 1;
    nameGap(state, subscription, { firstSeq, lastSeq: null, toAtMs: null, cause: 'subscription-lost' }, effects);
  }
  effects.push({ type: 'problem', error, retryInMs: 0, atMs });
  subscription.end();
  if (isBooks) return resubscribe(state, atMs, effects);
  // Another channel must not cost the books their connection: it is asked for again at once, and then at the slow pace of
  // whatever gets no answer.
  const { monotonicMs: sentAtMs, counters } = state;
  if (isAgain) subscription.held = { order: 0, sentAtMs, framesBefore: counters.frames };
  else reconcile(state, effects);
}

function lost(why: string, code: number | null): OrderbookClientError {
  const details = code === null ? {} : { exchangeCode: code };
  return new OrderbookClientError('SUBSCRIPTION_LOST', `A subscription ended: ${why}.`, details);
}
