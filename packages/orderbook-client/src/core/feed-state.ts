// What the feed knows, what it can be told, and what it can ask for.
import type { OrderbookClientError } from '../errors.ts';
import type { FeedCounters, FeedPhase, OrderbookEvent } from '../events.ts';
import type { Backoff } from './backoff.ts';
import { Books } from './books.ts';
import { Commands } from './commands.ts';
import { Membership } from './membership.ts';
import type { SequenceTracker } from './sequence.ts';

export type FeedConfig = {
  /** Wanted from the start; later changes are inputs. */
  readonly markets: readonly string[];
  readonly marketsPerCommand: number;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  /** `Infinity`: never. */
  readonly auditIntervalMs: number;
  readonly stableAfterMs: number;
  readonly authRetryMs: number;
  readonly backoff: Backoff;
  /** A number in [0, 1), seeded in tests. */
  readonly random: () => number;
};

/** What the feed lets the shell wake it for; at most one of each is armed. */
export type FeedTimer = 'connect' | 'retry' | 'answer' | 'ping' | 'pong' | 'stable' | 'audit' | 'probe';

/**
 * What happened outside. `socket` numbers the tries to connect: what an earlier socket still says is dropped by it.
 * `atMs` is the wall clock.
 */
export type FeedInput = { readonly atMs: number } & (
  | { readonly type: 'start-requested' }
  | { readonly type: 'close-requested' }
  | { readonly type: 'reconnect-requested'; readonly reason: string }
  | { readonly type: 'barrier-requested'; readonly requestId: number }
  | { readonly type: 'markets-added'; readonly markets: readonly string[] }
  | { readonly type: 'markets-removed'; readonly markets: readonly string[] }
  | { readonly type: 'reading-paused' }
  | { readonly type: 'reading-resumed' }
  | { readonly type: 'server-time-seen'; readonly socket: number; readonly serverTimeMs: number }
  | { readonly type: 'socket-opened'; readonly socket: number }
  | { readonly type: 'socket-closed'; readonly socket: number; readonly error: OrderbookClientError }
  | { readonly type: 'frame-received'; readonly socket: number; readonly text: string }
  | { readonly type: 'pong-received'; readonly socket: number }
  | { readonly type: 'timer-fired'; readonly timer: FeedTimer }
);

/** What the shell is asked to do, in this order. */
export type FeedEffect =
  | { readonly type: 'open-socket'; readonly socket: number }
  | { readonly type: 'drop-socket'; readonly socket: number; readonly polite: boolean }
  | { readonly type: 'send-frame'; readonly socket: number; readonly text: string }
  | { readonly type: 'send-ping'; readonly socket: number }
  | { readonly type: 'start-timer'; readonly timer: FeedTimer; readonly delayMs: number }
  | { readonly type: 'stop-timer'; readonly timer: FeedTimer }
  | { readonly type: 'settle-barrier'; readonly requestId: number; readonly error: OrderbookClientError | null }
  | { readonly type: 'emit'; readonly event: OrderbookEvent };

/** The order-book subscription of this connection. */
type Subscription = { readonly sid: number; readonly sequence: SequenceTracker; lastFrameAtMs: number };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class FeedState {
  readonly config: FeedConfig;
  readonly books: Books;
  readonly counters: Mutable<FeedCounters> = {
    frames: 0,
    snapshots: 0,
    deltas: 0,
    control: 0,
    gaps: 0,
    duplicates: 0,
    unapplied: 0,
    unrecognized: 0,
    violations: 0,
    desyncs: 0,
    audited: 0,
    foreign: 0,
    epochs: 0,
  };
  phase: FeedPhase = 'idle';
  /** The try to connect that counts; inputs of any other socket are late. */
  socket = 0;
  /** Tries since the last connection that was stable. */
  attempt = 0;
  /** The life of the current or last opened socket. */
  epoch = 0;
  commands = new Commands();
  subscription: Subscription | null = null;
  membership = new Membership();
  /** Barriers that were asked for and not answered. */
  readonly barriers = new Set<number>();
  /** How often snapshots were asked for since the fault that made books stale. */
  repairRound = 0;
  /** Whether any frame has come since the last asking. */
  heard = false;
  /** The deadline of an answer is running. */
  answerDue = false;
  readingPaused = false;
  /** The question that is out, and where the round of questions has come to. */
  audit: { readonly market: string; readonly commandId: number } | null = null;
  lastAudited: string | null = null;
  /** Exchange's clock minus this machine's, in ms, to about a second; `null` before the first answer. */
  clockSkewMs: number | null = null;

  constructor(config: FeedConfig) {
    this.config = config;
    this.books = new Books(config.markets);
  }
}

/** A socket is open and its frames count. */
export const isOpen = (state: FeedState): boolean => state.phase === 'subscribing' || state.phase === 'live';

export function enter(state: FeedState, to: FeedPhase, atMs: number, effects: FeedEffect[]): void {
  if (state.phase === to) return;
  const from = state.phase;
  state.phase = to;
  effects.push({ type: 'emit', event: { type: 'status', from, to, atMs } });
}

export function send(state: FeedState, text: string, effects: FeedEffect[]): void {
  effects.push({ type: 'send-frame', socket: state.socket, text });
}

export function emit(event: OrderbookEvent, effects: FeedEffect[]): void {
  effects.push({ type: 'emit', event });
}
