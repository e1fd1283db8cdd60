// What the exchange answers to commands, and the errors that come by themselves.
import { isFields, positiveInteger, type FrameNumbers } from './fields.ts';
import type { Fields } from './field-eras.ts';

/** A channel of this connection and its sid. */
type ListedSubscription = { readonly channel: string; readonly sid: number };

/** An answer to a command, or an error that came by itself (`commandId: null`). */
export type ReplyMessage =
  | { readonly kind: 'subscribed'; readonly commandId: number; readonly channel: string; readonly sid: number }
  | (FrameNumbers & {
      readonly kind: 'ok';
      readonly commandId: number | null;
      /** All markets of the sid, where the answer lists them. */
      readonly markets: readonly string[] | null;
      /** All subscriptions of the connection, where the answer lists them: that of `list_subscriptions`. */
      readonly subscriptions: readonly ListedSubscription[] | null;
    })
  | (FrameNumbers & { readonly kind: 'unsubscribed'; readonly commandId: number | null })
  | (FrameNumbers & {
      readonly kind: 'error';
      readonly commandId: number | null;
      readonly code: number;
      readonly message: string;
      /** The markets that the error is about; mostly none. */
      readonly markets: readonly string[];
    });

/** @returns the reply, or what is wrong with it; `undefined`: it is no reply */
export function decodeReply(frame: Fields, { sid, seq }: FrameNumbers): ReplyMessage | string | undefined {
  const commandId = positiveInteger(frame['id']);
  const msg = frame['msg'];
  switch (frame['type']) {
    case 'subscribed': {
      // Only here the sid is inside `msg`.
      const subscription = subscriptionOf(msg);
      return commandId === null || !subscription
        ? 'without id, channel or sid'
        : { kind: 'subscribed', commandId, ...subscription };
    }
    case 'ok': {
      // Older answers have their lists beside `msg`, not in it.
      const listed = Array.isArray(msg) ? msg : frame['subscriptions'];
      const subscriptions = listed === undefined || listed === null ? null : subscriptionsOf(listed);
      if (subscriptions === undefined) return 'with an unreadable list of subscriptions';
      const markets = tickersOf(isFields(msg) ? msg['market_tickers'] : frame['market_tickers']);
      return { kind: 'ok', commandId, sid, seq, markets, subscriptions };
    }
    case 'unsubscribed':
      return { kind: 'unsubscribed', commandId, sid, seq };
    case 'error': {
      const code = isFields(msg) ? positiveInteger(msg['code']) : null;
      if (!isFields(msg) || code === null) return 'without a code';
      const message = typeof msg['msg'] === 'string' ? msg['msg'] : '';
      const markets = tickersOf(msg['market_tickers']) ?? tickersOf([msg['market_ticker']]) ?? [];
      return { kind: 'error', commandId, sid, seq, code, message, markets };
    }
    default:
      return undefined;
  }
}

function subscriptionOf(value: unknown): ListedSubscription | undefined {
  if (!isFields(value)) return undefined;
  const { channel, sid } = value as { channel?: unknown; sid?: unknown };
  const number = positiveInteger(sid);
  return typeof channel === 'string' && number !== null ? { channel, sid: number } : undefined;
}

function subscriptionsOf(value: unknown): ListedSubscription[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const subscriptions = value.map(subscriptionOf);
  return subscriptions.every((subscription) => subscription !== undefined) ? subscriptions : undefined;
}

const tickersOf = (value: unknown): readonly string[] | null =>
  Array.isArray(value) && value.every((ticker): ticker is string => typeof ticker === 'string') ? value : null;
