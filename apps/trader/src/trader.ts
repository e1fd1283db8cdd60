// Composes feed, health, store and status page under the coordinator: it performs the coordinator's effects and tells it
// what happened. What to do is decided in core/coordinator.ts.
import { createHealthTracker, type HealthTracker, type Transition } from '@trader/health';
import { createOrderbookClient, type OrderbookClient } from '@trader/orderbook-client';
import type { SessionRow, SessionStore, StoreStatus } from '@trader/session-store';
import { feedToHealth } from './adapters/feed-to-health.ts';
import { databaseName, type Database } from './config.ts';
import {
  initialCoordinator,
  step,
  type CoordinatorEffect,
  type CoordinatorInput,
  type CoordinatorState,
  type CoordinatorTransition,
  type SessionEnd,
} from './core/coordinator.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';
import { Recorder } from './recorder.ts';
import { openStore } from './open-store.ts';
import { buildStatus, type Status } from './status.ts';
import { startStatusServer, type StatusServer } from './status-server.ts';

export type TraderOptions = {
  readonly feed: {
    readonly url: string;
    readonly credentials: { readonly keyId: string; readonly privateKeyPem: string };
    readonly markets: readonly string[];
    /** @default the client's */
    readonly marketsPerCommand?: number;
  };
  /** What is recorded, for people: an address or "simulator". */
  readonly source: string;
  readonly database: Database;
  readonly recorder: string;
  /** Of the status page; 0 for any free one, `null` for none. */
  readonly port: number | null;
  readonly log: Log;
};

export interface Trader {
  /** Resolves once it is under way: store open, feed connecting, status page up. */
  start(): Promise<void>;
  /** Resolves at the first `ready` with true, or with false when it was stopped before. */
  readonly ready: Promise<boolean>;
  /** Ends the recording in an orderly way. Callers share one promise. */
  stop(reason: string): Promise<void>;
  /** Resolves with the last session's row, or `null` if none was opened, once it has stopped; rejects if it could not. */
  readonly stopped: Promise<SessionRow | null>;
  readonly client: OrderbookClient | null;
  status(): Status;
}

/** A cut that heals within this time is a row in the ledger; a longer one ends the session. */
const FEED_PATIENCE_MS = 15_000;
const CLOSE_TIMEOUT_MS = 10_000;
const TRANSITIONS_KEPT = 50;

export function createTrader(options: TraderOptions): Trader {
  return new TraderProcess(options);
}

class TraderProcess implements Trader {
  readonly #options: TraderOptions;
  readonly #log: Log;
  readonly #ready = Promise.withResolvers<boolean>();
  readonly #stopped = Promise.withResolvers<SessionRow | null>();
  readonly #transitions: CoordinatorTransition[] = [];
  readonly #health: HealthTracker<'feed' | 'store'>;
  #coordinator: CoordinatorState = initialCoordinator(Date.now());
  #store: SessionStore | null = null;
  #storeStatus: StoreStatus | null = null;
  #server: StatusServer | null = null;
  #recorder: Recorder | null = null;
  #client: OrderbookClient | null = null;
  #problem: string | null = null;
  #openTimer: NodeJS.Timeout | undefined;
  #storeOpening: Promise<void> = Promise.resolve();
  #sessionOpening: Promise<void> = Promise.resolve();
  #sessionClosing: Promise<void> = Promise.resolve();
  #lastSession: SessionRow | null = null;

  constructor(options: TraderOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#health = createHealthTracker({
      components: {
        feed: { critical: true, unhealthyAfterMs: FEED_PATIENCE_MS, healthyAfterMs: 0, holdDown: false },
        store: { critical: false },
      },
      autoTick: true,
      onTransition: (transition) => this.#healthChanged(transition),
    });
    // Nobody may be waiting for it.
    this.#stopped.promise.catch(() => undefined);
  }

  get ready(): Promise<boolean> {
    return this.#ready.promise;
  }

  get stopped(): Promise<SessionRow | null> {
    return this.#stopped.promise;
  }

  get client(): OrderbookClient | null {
    return this.#client;
  }

  status(): Status {
    return buildStatus({
      coordinator: this.#coordinator,
      transitions: this.#transitions,
      health: this.#health.snapshot(),
      client: this.#client,
      session: this.#recorder?.session ?? null,
      recorder: this.#recorder?.counters ?? null,
      store: this.#storeStatus,
      source: this.#options.source,
      database: databaseName(this.#options.database),
    });
  }

  async start(): Promise<void> {
    try {
      if (this.#options.port !== null) {
        this.#server = await startStatusServer(this.#options.port, () => this.status());
        this.#log.info(`Status: ${this.#server.url}`);
      }
      this.#take({ type: 'started', atMs: Date.now() });
      await this.#storeOpening;
    } catch (error) {
      await this.stop('the start failed').catch((cause: unknown) => this.#log.error(messageOf(cause)));
      throw error;
    }
  }

  stop(reason: string): Promise<void> {
    this.#take({ type: 'stop-requested', reason, atMs: Date.now() });
    return this.#stopped.promise.then(() => undefined);
  }

  #take(input: CoordinatorInput): void {
    const { state, effects } = step(this.#coordinator, input);
    this.#coordinator = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: CoordinatorEffect): void {
    switch (effect.type) {
      case 'announce':
        this.#announce(effect.transition);
        return;
      case 'open-store':
        this.#storeOpening = this.#openStore();
        // `start()` hears of it; a stop in between may leave nobody to.
        this.#storeOpening.catch(() => undefined);
        return;
      case 'start-feed':
        this.#startFeed();
        return;
      case 'remake-feed':
        this.#client?.reconnect(effect.reason);
        return;
      case 'open-session':
        this.#openTimer = setTimeout(() => {
          this.#sessionOpening = this.#openSession(effect.continues);
        }, effect.afterMs);
        return;
      case 'close-session':
        this.#sessionClosing = this.#closeSession(effect.end);
        return;
      case 'shut-down':
        this.#shutDown(effect.reason).then(
          () => this.#stopped.resolve(this.#lastSession),
          (error: unknown) => this.#stopped.reject(error),
        );
    }
  }

  #announce(transition: CoordinatorTransition): void {
    this.#transitions.push(transition);
    if (this.#transitions.length > TRANSITIONS_KEPT) this.#transitions.shift();
    const { from, to, cause } = transition;
    this.#log.info({ state: to, from, cause }, `${from} → ${to}: ${cause}`);
    if (to === 'ready') this.#ready.resolve(true);
    if (to === 'shutdown') this.#ready.resolve(false);
  }

  #healthChanged(transition: Transition<'feed' | 'store'>): void {
    const { scope, from, to, reason } = transition;
    const subject = scope === 'component' ? transition.component : 'the whole';
    this.#log.info({ subject, from, to, reason }, `health of ${subject}: ${from} → ${to}`);
    if (scope === 'component' && transition.component === 'feed') {
      this.#take({ type: 'health-changed', health: transition.to, reason, atMs: Date.now() });
    }
  }

  async #openStore(): Promise<void> {
    const { database } = this.#options;
    const store = await openStore(database, (status) => this.#storeChanged(status));
    if (this.#coordinator.phase === 'shutdown') return store.close();
    this.#store = store;
    this.#storeChanged({ state: 'writing' });
    this.#take({ type: 'store-opened', atMs: Date.now() });
  }

  #storeChanged(status: StoreStatus): void {
    this.#storeStatus = status;
    if (status.state === 'failing') this.#log.warn({ code: status.error.code }, status.error.message);
    const failing = status.state === 'failing';
    this.#health.observe('store', {
      status: failing ? 'unhealthy' : 'healthy',
      reason: failing ? status.error.code : 'writing',
    });
  }

  #startFeed(): void {
    const client = createOrderbookClient(this.#options.feed);
    this.#client = client;
    this.#recorder = new Recorder(client, (error) => {
      this.#take({ type: 'session-failed', reason: messageOf(error), atMs: Date.now() });
    });
    client.on('problem', ({ error, retryInMs }) => {
      this.#problem = error.message;
      this.#log.warn({ code: error.code, retryInMs }, error.message);
    });
    client.on('gap', (gap) => this.#log.warn({ gap }, `numbers were missed: ${gap.cause}`));
    client.on('status', ({ to, atMs }) => {
      this.#log.debug({ phase: to, epoch: client.status().epoch }, `feed: ${to}`);
      this.#health.observe('feed', feedToHealth(to, this.#problem));
      if (to === 'live') this.#take({ type: 'feed-came', atMs });
      else this.#take({ type: 'feed-went', atMs });
    });
    client.start();
  }

  async #openSession(continues: string | null): Promise<void> {
    if (!this.#store || !this.#recorder) return;
    try {
      const { recorder } = this.#options;
      const session = await this.#store.openSession({ recorder, ...(continues !== null && { continues }) });
      this.#recorder.attach(session);
      this.#take({ type: 'session-opened', sessionId: session.id, atMs: Date.now() });
    } catch (error) {
      this.#log.error({ error: messageOf(error) }, 'a session could not be opened; it is tried again');
      this.#take({ type: 'session-refused', reason: messageOf(error), atMs: Date.now() });
    }
  }

  async #closeSession(end: SessionEnd): Promise<void> {
    const session = this.#recorder?.detach();
    if (session) {
      try {
        this.#sessionEnded(await session.close({ ...end, timeoutMs: CLOSE_TIMEOUT_MS }));
      } catch (error) {
        this.#log.error({ session: session.id }, messageOf(error));
      }
    }
    this.#take({ type: 'session-ended', atMs: Date.now() });
  }

  #sessionEnded(session: SessionRow): void {
    this.#lastSession = session;
    const { id, status, messages, snapshots, deltas, gaps } = session;
    const counts = `${messages} messages, ${snapshots} snapshots, ${deltas} deltas, ${gaps} gaps`;
    this.#log.info({ session }, `session ${id} ended as ${status}: ${counts}`);
  }

  /** In this order: nothing more comes in, then what came is stored, then the session ends, then everything is let go. */
  async #shutDown(reason: string): Promise<void> {
    clearTimeout(this.#openTimer);
    await this.#client?.close();
    await this.#storeOpening.catch(() => undefined);
    await this.#sessionOpening;
    await this.#sessionClosing;
    let failure: unknown;
    const session = this.#recorder?.detach();
    try {
      if (session) this.#sessionEnded(await session.close({ status: 'closed', reason, timeoutMs: CLOSE_TIMEOUT_MS }));
    } catch (error) {
      failure = error;
    }
    await this.#store?.close();
    this.#health.close();
    await this.#server?.close();
    if (failure !== undefined) throw failure;
  }
}
