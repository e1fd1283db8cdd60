// From a client's text to a command, or to the error that the exchange's table gives for it. Unknown fields are let
// pass, as the exchange does.
import { WIRE_ERROR } from '@trader/orderbook-client/wire';
import { valueFeedOf } from './channels.ts';
import type { WireErrorCode } from './frames.ts';

type Id = number | undefined;

export type Command =
  | {
      readonly cmd: 'subscribe';
      readonly id: Id;
      readonly channels: readonly string[];
      readonly tickers: readonly string[];
      /** `market_id(s)`: of the ticker channel only. */
      readonly marketIds: readonly string[];
      /** `undefined`: the exchange's default. */
      readonly useYesPrice: boolean | undefined;
      readonly sendInitialSnapshot: boolean;
      /** `undefined`: as it was. */
      readonly skipTickerAck: boolean | undefined;
    }
  | { readonly cmd: 'unsubscribe'; readonly id: Id; readonly sids: readonly number[] }
  | {
      readonly cmd: 'add_markets' | 'delete_markets' | 'get_snapshot';
      readonly id: Id;
      readonly sid: number;
      readonly tickers: readonly string[];
      readonly marketIds: readonly string[];
      readonly sendInitialSnapshot: boolean;
    }
  /** Of feeds of values, which have no markets. */
  | { readonly cmd: 'update_values'; readonly id: Id; readonly sid: number; readonly action: string }
  | { readonly cmd: 'list_subscriptions'; readonly id: Id }
  | { readonly cmd: 'refused'; readonly id: Id; readonly code: WireErrorCode };

type Fields = Readonly<Record<string, unknown>>;

/** Thrown inside this file only: the first thing that is wrong ends the reading of a command. */
class Refusal extends Error {
  readonly code: WireErrorCode;
  constructor(code: WireErrorCode) {
    super(`refused with error ${code}`);
    this.code = code;
  }
}

export function parseCommand(text: string): Command {
  let id: Id;
  try {
    const message = fieldsOf(parseJson(text), WIRE_ERROR.unableToProcess);
    id = idOf(message);
    return commandOf(message, id);
  } catch (error) {
    if (error instanceof Refusal) return { cmd: 'refused', id, code: error.code };
    throw error;
  }
}

function commandOf(message: Fields, id: Id): Command {
  switch (message['cmd']) {
    case 'subscribe':
      return subscribeOf(paramsOf(message), id);
    case 'unsubscribe':
      return { cmd: 'unsubscribe', id, sids: integers(paramsOf(message)['sids'], WIRE_ERROR.subscriptionIdsRequired) };
    case 'update_subscription':
      return updateOf(paramsOf(message), id);
    case 'list_subscriptions':
      return { cmd: 'list_subscriptions', id };
    default:
      throw new Refusal(WIRE_ERROR.unknownCommand);
  }
}

function subscribeOf(params: Fields, id: Id): Command {
  const channels = strings(params['channels'] ?? []);
  if (channels.length === 0) throw new Refusal(WIRE_ERROR.channelsRequired);
  if (channels.includes('communications')) checkShards(params);
  return {
    cmd: 'subscribe',
    id,
    channels,
    ...marketsOf(params),
    useYesPrice: flagOf(params, 'use_yes_price'),
    sendInitialSnapshot: flagOf(params, 'send_initial_snapshot') ?? false,
    skipTickerAck: flagOf(params, 'skip_ticker_ack'),
  };
}

function updateOf(params: Fields, id: Id): Command {
  const single = params['sid'] === undefined ? [] : [params['sid']];
  const sids = integers(params['sids'] ?? single, WIRE_ERROR.exactlyOneSubscriptionRequired);
  const [sid] = sids;
  if (sid === undefined || sids.length !== 1) throw new Refusal(WIRE_ERROR.exactlyOneSubscriptionRequired);
  const action = params['action'] ?? refuse(WIRE_ERROR.actionRequired);
  if (action === 'get_snapshot') {
    // Only the list is honoured here, a single `market_ticker` is not.
    const tickers = unique(strings(params['market_tickers'] ?? []));
    return { cmd: action, id, sid, tickers, marketIds: [], sendInitialSnapshot: false };
  }
  const feed = valueFeedOf(action);
  if (feed) {
    const names = strings(params[feed.field] ?? []);
    if (action !== feed.list && names.length === 0) throw new Refusal(feed.missing);
    return { cmd: 'update_values', id, sid, action: action as string };
  }
  if (action !== 'add_markets' && action !== 'delete_markets') throw new Refusal(WIRE_ERROR.unsupportedAction);
  const { tickers, marketIds } = marketsOf(params);
  if (tickers.length + marketIds.length === 0) throw new Refusal(WIRE_ERROR.marketTickerRequired);
  const sendInitialSnapshot = flagOf(params, 'send_initial_snapshot') ?? false;
  return { cmd: action, id, sid, tickers, marketIds, sendInitialSnapshot };
}

/** Requests for quotes may be spread over several subscribers: each takes the share of its key. */
function checkShards(params: Fields): void {
  const [factor, key] = [params['shard_factor'], params['shard_key']].map((value) => value ?? undefined);
  for (const value of [factor, key]) {
    if (value !== undefined && !Number.isSafeInteger(value)) throw new Refusal(WIRE_ERROR.unableToProcess);
  }
  if (factor === undefined && key !== undefined) throw new Refusal(WIRE_ERROR.shardFactorRequired);
  if (factor === undefined) return;
  if ((factor as number) <= 0) throw new Refusal(WIRE_ERROR.shardFactorTooSmall);
  if ((factor as number) > 100) throw new Refusal(WIRE_ERROR.shardFactorTooLarge);
  const place = (key ?? 0) as number;
  if (place < 0 || place >= (factor as number)) throw new Refusal(WIRE_ERROR.shardKeyOutOfRange);
}

/** At most one of the four ways to name markets may be used. */
function marketsOf(params: Fields): { tickers: string[]; marketIds: string[] } {
  const ways = ['market_ticker', 'market_tickers', 'market_id', 'market_ids'].filter(
    (way) => params[way] !== undefined && params[way] !== null,
  );
  const [way] = ways;
  if (ways.length > 1) throw new Refusal(WIRE_ERROR.invalidParameter);
  if (way === undefined) return { tickers: [], marketIds: [] };
  const named = unique(strings(way.endsWith('s') ? params[way] : [params[way]]));
  return way.startsWith('market_ticker') ? { tickers: named, marketIds: [] } : { tickers: [], marketIds: named };
}

function flagOf(params: Fields, name: string): boolean | undefined {
  const value = params[name] ?? undefined;
  if (value !== undefined && typeof value !== 'boolean') throw new Refusal(WIRE_ERROR.unableToProcess);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(WIRE_ERROR.unableToProcess);
  }
}

function idOf({ id }: Fields): Id {
  if (id === undefined || id === null) return undefined;
  if (!Number.isSafeInteger(id)) throw new Refusal(WIRE_ERROR.unableToProcess);
  return id as number;
}

const paramsOf = (message: Fields): Fields =>
  message['params'] === undefined || message['params'] === null
    ? refuse(WIRE_ERROR.paramsRequired)
    : fieldsOf(message['params'], WIRE_ERROR.unableToProcess);

const fieldsOf = (value: unknown, otherwise: WireErrorCode): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : refuse(otherwise);

function strings(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Refusal(WIRE_ERROR.unableToProcess);
  if (value.some((item) => typeof item !== 'string')) throw new Refusal(WIRE_ERROR.unableToProcess);
  if (value.includes('')) throw new Refusal(WIRE_ERROR.invalidParameter);
  return value as string[];
}

function integers(value: unknown, whenEmpty: WireErrorCode): number[] {
  const list = value ?? [];
  if (!Array.isArray(list) || list.some((item) => !Number.isSafeInteger(item))) {
    throw new Refusal(WIRE_ERROR.unableToProcess);
  }
  if (list.length === 0) throw new Refusal(whenEmpty);
  return list as number[];
}

const unique = (items: readonly string[]): string[] => [...new Set(items)];

function refuse(code: WireErrorCode): never {
  throw new Refusal(code);
}
