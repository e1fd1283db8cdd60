// What the feed knows, what it can be told, and what it can ask for.
import type { RawChannel } from '../../channel-events.ts';
import type { OrderbookClientError } from '../../errors.ts';
import type { FeedCounters, FeedPhase, OrderbookEvent, StaleReason } from '../../events.ts';
import type { WireChannel } from '../../wire.ts';
import type { Backoff } from './backoff.ts';
import { Books } from './books.ts';
import type { TrackedBook } from '../book/book-view.ts';
import { BookRequests } from './book-requests.ts';
import { Commands, type Sending } from './commands.ts';
import { DeltaScanner } from '../decode/delta-scanner.ts';
import { Subscription, type ChannelScope } from './subscription.ts';

export type FeedConfig = {
  /** Wanted from the start; later changes are inputs. */
  readonly markets: readonly string[];
  /** What is subscribed to; the order-book channel is always among them. */
  readonly channels: ReadonlyMap<WireChannel, ChannelScope>;
  readonly marketsPerCommand: number;
  readonly commandsPerSecond: number;
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
  /** Numbers opened sockets, over all feeds of a client. */
  readonly nextEpoch: () => number;
};

/** What the feed lets the shell wake it for; at most one of each is armed. */
export type FeedTimer =
  | 'connect'
  | 'retry'
  | 'pace'
  | 'answer'
  | 'ask-again'
  | 'membership'
  | 'pause'
  | 'barrier'
  | 'ping'
  | 'pong'
  | 'stable'
  | 'audit'
  | 'silence'
  | 'probe';

/**
 * What happened outside. `socket` numbers the tries to connect: what an earlier socket still says is dropped by it.
 * `atMs` is the wall clock, for what is told; whoever sets it changes no wait.
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
  | { readonly type: 'frame-received'; readonly socket: number; readonly bytes: Uint8Array }
  | { readonly type: 'ping-received'; readonly socket: number }
  | { readonly type: 'pong-received'; readonly socket: number }
  | { readonly type: 'timer-fired'; readonly timer: FeedTimer }
);

/** What the shell is asked to do, in this order; events are to be passed on to the listeners. */
export type FeedEffect =
  | { readonly type: 'open-socket'; readonly socket: number }
  | { readonly type: 'drop-socket'; readonly socket: number; readonly polite: boolean }
  | { readonly type: 'send-frame'; readonly socket: number; readonly text: string }
  | { readonly type: 'send-ping'; readonly socket: number }
  | { readonly type: 'start-timer'; readonly timer: FeedTimer; readonly delayMs: number }
  | { readonly type: 'stop-timer'; readonly timer: FeedTimer }
  | { readonly type: 'settle-barrier'; readonly requestId: number; readonly error: OrderbookClientError | null }
  | OrderbookEvent;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Least time between two askings: faults come in bursts, and an answer takes a moment. */
export const ASK_PAUSE_MS = 500;

export class FeedState {
  readonly config: FeedConfig;
  readonly books: Books;
  readonly scanner: DeltaScanner<TrackedBook>;
  readonly counters: Mutable<FeedCounters> = {
    frames: 0,
    snapshots: 0,
    deltas: 0,
    channelFrames: 0,
    control: 0,
    gaps: 0,
    duplicates: 0,
    unapplied: 0,
    unrecognized: 0,
    unreadableFields: 0,
    violations: 0,
    desyncs: 0,
    audited: 0,
    foreign: 0,
    repairs: 0,
    serverPings: 0,
    epochs: 0,
  };
  /** Frames that were kept raw, by channel. */
  readonly rawFrames: Partial<Record<RawChannel, number>> = {};
  /** Now, in ms of a clock that never goes back. The shell sets it before each step; every wait and silence is measured on it. */
  monotonicMs = 0;
  phase: FeedPhase = 'idle';
  /** The try to connect that counts; inputs of any other socket are late. */
  socket = 0;
  /** Tries since the last connection that was stable. */
  attempt = 0;
  /** When the next try to connect is due (monotonic), in the phase `waiting`. */
  retryAtMs = NaN;
  /** The life of the current or last opened socket. */
  epoch = 0;
  commands = new Commands();
  subscriptions: ReadonlyMap<WireChannel, Subscription>;
  /** The one among them that the books come from. */
  orderbook: Subscription;
  /** Barriers that were asked for and not answered. */
  readonly barriers = new Map<number, Sending>();
  /** The books that are not synced, and what will bring each of them. */
  requests = new BookRequests();
  /** How far the repair of the broken books has come, -1 while there are none; see `repair.ts`. */
  repairStep = -1;
  /** Deadlines that have passed, since every book was there, with no book at all coming. */
  waits = 0;
  /** The timer `answer` is running. */
  answerTimerArmed = false;
  /** What the next wait of the timer `answer` is to be, if it is known. */
  nextLookMs: number | null = null;
  /** The timer `ask-again` is running. */
  askAgainArmed = false;
  /** Commands that ask for snapshots are out. */
  snapshotsAsked = false;
  /** When snapshots were last asked for (monotonic), and how long to wait at least before the next time. */
  askedAtMs = -Infinity;
  askPauseMs = ASK_PAUSE_MS;
  /** A change of the wanted markets is answered at once; those of the next moment are collected. */
  membershipWindow: 'closed' | 'open' | 'changed' = 'closed';
  /** When an answer last left out a market that was there (monotonic). */
  leftOutAtMs = -Infinity;
  /** The latest of the acknowledged commands, and when (monotonic). */
  acknowledgedOrder = 0;
  acknowledgedAtMs = -Infinity;
  /** When a frame of any subscription last came (monotonic). */
  heardAtMs = -Infinity;
  readingPaused = false;
  /** Reading stopped, and nothing has shown since then that all of what was sent meanwhile was read. */
  unread = false;
  /** When reading was last resumed (monotonic): what was not read before is no silence. */
  resumedAtMs = -Infinity;
  /** Why no book can be called synced before the check is answered, or `null`. */
  doubt: StaleReason | null = null;
  /** The list of subscriptions that was asked for last, to see what is still there. */
  check: { readonly id: number; readonly sending: Sending; readonly isSuspicion: boolean } | null = null;
  /** A frame came that may have had a number of the books: the next number shows it. */
  unnumbered = false;
  /** What was asked in order to see that number. */
  sample: Sending | null = null;
  /** When the last such frame came (monotonic), and whether they come one after the other. */
  garbageAtMs = -Infinity;
  isFlooded = false;
  /** The question that is out. */
  audit: { readonly market: string; readonly commandId: number; readonly sending: Sending } | null = null;
  /** Markets with prices or sizes that this version cannot hold, of which that was told. */
  readonly toldUnsupported = new Set<string>();
  /** When a snapshot or delta last came on the order-book sid (monotonic). */
  dataAtMs = 0;
  /** Running mean of the time between them, in ms; NaN while unknown. */
  usualGapMs = NaN;
  /** When the exchange's last ping came, or `null`. */
  serverPingAtMs: number | null = null;
  /** Exchange's clock minus this machine's, in ms, to about a second; `null` before the first answer. */
  clockSkewMs: number | null = null;

  constructor(config: FeedConfig) {
    this.config = config;
    this.books = new Books(config.markets);
    this.scanner = new DeltaScanner(this.books.byBytes);
    [this.subscriptions, this.orderbook] = newSubscriptions(config);
  }

  /** Nothing of the old connection is remembered: the exchange starts again too. */
  forgetConnection(): void {
    this.commands = new Commands();
    [this.subscriptions, this.orderbook] = newSubscriptions(this.config);
    this.requests = new BookRequests();
    this.repairStep = -1;
    this.waits = 0;
    this.nextLookMs = null;
    this.snapshotsAsked = false;
    this.askedAtMs = -Infinity;
    this.askPauseMs = ASK_PAUSE_MS;
    this.leftOutAtMs = -Infinity;
    this.acknowledgedOrder = 0;
    this.acknowledgedAtMs = -Infinity;
    this.heardAtMs = -Infinity;
    this.unread = false;
    this.doubt = null;
    this.check = null;
    this.unnumbered = false;
    this.sample = null;
    this.garbageAtMs = -Infinity;
    this.isFlooded = false;
    this.usualGapMs = NaN;
    this.serverPingAtMs = null;
  }

  subscriptionOf(sid: number | null): Subscription | undefined {
    if (sid === null) return undefined;
    if (sid === this.orderbook.sid) return this.orderbook;
    for (const subscription of this.subscriptions.values()) if (subscription.sid === sid) return subscription;
    return undefined;
  }
}

function newSubscriptions({ channels }: FeedConfig): [Map<WireChannel, Subscription>, Subscription] {
  const orderbook = new Subscription('orderbook_delta', 'markets');
  const all = new Map<WireChannel, Subscription>([[orderbook.channel, orderbook]]);
  for (const [channel, scope] of channels) {
    if (channel !== orderbook.channel) all.set(channel, new Subscription(channel, scope));
  }
  return [all, orderbook];
}

/** A socket is open and its frames count. */
export const isOpen = (state: FeedState): boolean => state.phase === 'subscribing' || state.phase === 'live';

export function enter(state: FeedState, to: FeedPhase, atMs: number, effects: FeedEffect[]): void {
  if (state.phase === to) return;
  const from = state.phase;
  state.phase = to;
  effects.push({ type: 'status', from, to, atMs });
}

/** Says that these books are not to be traded on from now on. Those that were not synced anyway are left out. */
export function markStale(
  state: FeedState,
  markets: Iterable<string>,
  reason: StaleReason,
  atMs: number,
  effects: FeedEffect[],
): void {
  tellStale(state, state.books.markStale(markets, reason), reason, atMs, effects);
}

/** As {@link markStale}, until it is shown that nothing was missed: see `verification.ts`. @param markets all, if left out */
export function suspendBooks(
  state: FeedState,
  reason: StaleReason,
  atMs: number,
  effects: FeedEffect[],
  markets?: Iterable<string>,
): void {
  tellStale(state, state.books.suspend(reason, markets), reason, atMs, effects);
}

function tellStale(
  { epoch }: FeedState,
  markets: readonly string[],
  reason: StaleReason,
  atMs: number,
  effects: FeedEffect[],
): void {
  if (markets.length > 0) effects.push({ type: 'stale', epoch, markets, reason, atMs });
}
