// Wires one pure feed to a socket and timers: it performs the feed's effects, hands facts back to it, and decides
// nothing.
import { step } from './core/feed/feed.ts';
import { acceptFrame } from './core/feed/frames.ts';
import {
  FeedState,
  isOpen,
  type FeedConfig,
  type FeedEffect,
  type FeedInput,
  type FeedTimer,
} from './core/state/feed-state.ts';
import { bookRepair } from './core/upkeep/book-repair.ts';
import type { OrderbookClientError } from './errors.ts';
import type { BookRepair, OrderbookEvent } from './events.ts';
import { GuardedSocket } from './io/guarded-socket.ts';
import { signHandshake, type Signer } from './io/signer.ts';
import type { ResolvedOptions } from './options.ts';
import { Ring } from './streams/ring.ts';

/** How long a closing handshake may take before the socket is dropped. */
const CLOSE_TIMEOUT_MS = 1000;
/** How much longer a socket of the caller's may take to say that it is closed. */
const CLOSE_GRACE_MS = 9000;
/** A dial that was asked for is made at once, and the next one this much later at the earliest: an exchange that refuses must not be flooded. */
const REDIAL_INTERVAL_MS = 1000;

/**
 * A timer that fires this late was held up by a loop that was blocked, or a machine that slept: much may wait in the
 * socket by then, and is given this long to be read.
 */
const STALL_MS = 50;
const READ_FIRST_MS = 100;

type Barrier = { readonly resolve: () => void; readonly reject: (error: OrderbookClientError) => void };

/** An input without its time. */
type Fact = FeedInput extends infer Input ? (Input extends FeedInput ? Omit<Input, 'atMs'> : never) : never;

export class FeedDriver {
  readonly state: FeedState;
  readonly #options: ResolvedOptions;
  readonly #emit: (event: OrderbookEvent) => void;
  readonly #timers = new Map<FeedTimer, () => void>();
  readonly #barriers = new Map<number, Barrier>();
  readonly #inputs = new Ring<FeedInput>();
  /** Used again for each frame: there are too many of them for an array each. */
  readonly #frameEffects: FeedEffect[] = [];
  /** Of the wall clock, when the monotonic one was last read for a frame. */
  #readAtMs = Number.NaN;
  /** For a runtime that has no monotonic clock. */
  readonly #made = { monotonicMs: 0, wallMs: Infinity };
  /** When a dial was last asked for (monotonic). */
  #redialedAtMs = -Infinity;
  #stepping = false;
  #barrierId = 0;
  #socket: { readonly id: number; readonly socket: GuardedSocket } | null = null;
  #paused = false;
  #signer: Signer;
  #gone: Promise<void> = Promise.resolve();

  constructor(
    options: ResolvedOptions,
    feed: Pick<FeedConfig, 'markets' | 'channels' | 'nextEpoch'>,
    emit: (event: OrderbookEvent) => void,
  ) {
    this.#options = options;
    this.#signer = options.signer;
    this.#emit = emit;
    this.state = new FeedState({ ...options, ...feed, random: () => options.runtime.random() });
  }

  tell(fact: Fact): void {
    this.#take({ ...fact, atMs: this.#options.runtime.nowMs() });
  }

  /** What is under way for a book that is not synced. */
  repairOf(market: string): BookRepair | null {
    return bookRepair(this.state, market, this.#monotonicMs());
  }

  /** Stops or resumes the reading of the socket. */
  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#socket?.socket.pause();
    else this.#socket?.socket.resume();
    this.tell({ type: paused ? 'reading-paused' : 'reading-resumed' });
  }

  /** Signs handshakes from now on. What waits for its next try makes it now: the old key may have been what was refused. */
  setSigner(signer: Signer): void {
    this.#signer = signer;
    if (this.state.phase === 'waiting') this.reconnect('the credentials were changed');
  }

  /** A new connection now, also where the next try is still waited for; asked for too often, after the usual wait. */
  reconnect(reason: string): void {
    const nowMs = this.#monotonicMs();
    const isSoon = nowMs - this.#redialedAtMs < REDIAL_INTERVAL_MS;
    if (isSoon && this.state.phase === 'connecting') return;
    this.tell({ type: 'reconnect-requested', reason });
    if (isSoon) return;
    this.#redialedAtMs = nowMs;
    this.tell({ type: 'timer-fired', timer: 'retry' });
  }

  /** Resolves once every frame that the exchange sent before now was taken. @throws {OrderbookClientError} */
  barrier(): Promise<void> {
    return new Promise((resolve, reject) => {
      const requestId = ++this.#barrierId;
      this.#barriers.set(requestId, { resolve, reject });
      this.tell({ type: 'barrier-requested', requestId });
    });
  }

  /** Resolves when the socket is gone. */
  close(): Promise<void> {
    this.tell({ type: 'close-requested' });
    return this.#gone;
  }

  #monotonicMs(): number {
    const { runtime } = this.#options;
    if (runtime.monotonicMs) return Math.floor(runtime.monotonicMs());
    // Made of the wall clock: what that is set back by counts as no time at all.
    const wallMs = runtime.nowMs();
    this.#made.monotonicMs += Math.max(0, wallMs - this.#made.wallMs);
    this.#made.wallMs = wallMs;
    return this.#made.monotonicMs;
  }

  /** One input at a time, in order: a listener may call the client in the middle of a step. */
  #take(input: FeedInput): void {
    this.#inputs.push(input);
    if (!this.#stepping) this.#drain();
  }

  #drain(): void {
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        this.state.monotonicMs = this.#monotonicMs();
        for (const effect of step(this.state, next)) this.#perform(effect);
      }
    } finally {
      this.#stepping = false;
    }
  }

  /** The same as {@link #take} for what comes by the hundred thousand. */
  #takeFrame(socket: number, bytes: Uint8Array): void {
    const { state } = this;
    const atMs = this.#options.runtime.nowMs();
    if (this.#stepping || socket !== state.socket || !isOpen(state)) {
      this.#take({ type: 'frame-received', socket, bytes, atMs });
      return;
    }
    // Frames come by the hundred thousand: one reading of the second clock serves a millisecond of the first.
    if (atMs !== this.#readAtMs) state.monotonicMs = this.#monotonicMs();
    this.#readAtMs = atMs;
    const effects = this.#frameEffects;
    this.#stepping = true;
    try {
      acceptFrame(state, bytes, atMs, effects);
      for (const effect of effects) this.#perform(effect);
    } finally {
      effects.length = 0;
      this.#stepping = false;
    }
    if (this.#inputs.size > 0) this.#drain();
  }

  #perform(effect: FeedEffect): void {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- whatever else there is, is an event
    switch (effect.type) {
      case 'open-socket':
        void this.#open(effect.socket);
        return;
      case 'drop-socket':
        this.#drop(effect.polite);
        return;
      case 'send-frame':
        if (this.#socket?.id === effect.socket) this.#socket.socket.send(effect.text);
        return;
      case 'send-ping':
        if (this.#socket?.id === effect.socket) this.#socket.socket.ping();
        return;
      case 'start-timer':
        this.#startTimer(effect.timer, effect.delayMs);
        return;
      case 'stop-timer':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'settle-barrier': {
        const barrier = this.#barriers.get(effect.requestId);
        this.#barriers.delete(effect.requestId);
        if (effect.error) barrier?.reject(effect.error);
        else barrier?.resolve();
        return;
      }
      default:
        this.#emit(effect);
    }
  }

  async #open(id: number): Promise<void> {
    const { url, openSocket, runtime } = this.#options;
    const closed = (error: OrderbookClientError): void => this.tell({ type: 'socket-closed', socket: id, error });
    let headers: Record<string, string>;
    try {
      headers = await signHandshake(this.#signer, url, runtime.nowMs());
    } catch (error) {
      closed(error as OrderbookClientError);
      return;
    }
    // The signer may have taken so long that this try is over.
    if (this.state.socket !== id || this.state.phase !== 'connecting') return;
    const listener = {
      serverTime: (serverTimeMs: number) => {
        if (Number.isFinite(serverTimeMs)) this.tell({ type: 'server-time-seen', socket: id, serverTimeMs });
      },
      opened: () => {
        if (this.#paused) socket.pause();
        this.tell({ type: 'socket-opened', socket: id });
      },
      frame: (bytes: Uint8Array) => this.#takeFrame(id, bytes),
      ping: () => this.tell({ type: 'ping-received', socket: id }),
      pong: () => this.tell({ type: 'pong-received', socket: id }),
      closed,
    };
    const socket = new GuardedSocket(listener, (error) => {
      this.#emit({ type: 'problem', error, retryInMs: null, atMs: runtime.nowMs() });
    });
    this.#socket = { id, socket };
    socket.open(openSocket, url, headers);
  }

  #drop(polite: boolean): void {
    const socket = this.#socket?.socket;
    this.#socket = null;
    if (!socket) return;
    if (polite) this.#gone = this.#close(socket);
    else socket.drop();
  }

  async #close(socket: GuardedSocket): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.runtime.setTimer(CLOSE_TIMEOUT_MS + CLOSE_GRACE_MS, () => {
      socket.giveUp();
      resolve();
    });
    await Promise.race([socket.close(CLOSE_TIMEOUT_MS), promise]);
    cancel();
  }

  #startTimer(timer: FeedTimer, delayMs: number): void {
    const { runtime } = this.#options;
    const dueMs = this.#monotonicMs() + delayMs;
    const fire = (): void => {
      this.#timers.delete(timer);
      this.tell({ type: 'timer-fired', timer });
    };
    this.#timers.get(timer)?.();
    const cancel = runtime.setTimer(delayMs, () => {
      // Deadlines are judged after one more turn of the loop. An answer may wait in the socket, and a healthy connection
      // would be given up for our own fault.
      const turnMs = this.#monotonicMs() - dueMs < STALL_MS ? 0 : READ_FIRST_MS;
      this.#timers.set(timer, runtime.setTimer(turnMs, fire));
    });
    this.#timers.set(timer, cancel);
  }
}
