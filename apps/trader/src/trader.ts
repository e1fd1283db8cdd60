// Composes feed, health, store and status page under the coordinator: it performs the coordinator's effects and tells it
// what happened. What to do is decided in core/coordinator.ts.
import { createHealthTracker, type HealthTracker, type Transition } from '@trader/health';
import { createOrderbookClient, type OptionalChannels, type OrderbookClient } from '@trader/orderbook-client';
import type { RecordingSession, SessionRow, StoreStatus } from '@trader/session-store';
import { feedToHealth } from './adapters/feed-to-health.ts';
import { storeToHealth } from './adapters/store-to-health.ts';
import { databaseName, type Database } from './config.ts';
import type { DiscoveryConfig } from './config-types.ts';
import {
  initialCoordinator,
  step,
  type CoordinatorEffect,
  type CoordinatorInput,
  type CoordinatorState,
  type CoordinatorTransition,
} from './core/coordinator.ts';
import { Discovery, type DiscoveryStatus } from './discovery/discovery.ts';
import { RestMarketSource } from './discovery/market-source.ts';
import { RestClient } from './discovery/rest-client.ts';
import type { CoordinatorLimits } from './core/coordinator-state.ts';
import { messageOf, TraderError } from './errors.ts';
import { EventLog } from './http/event-log.ts';
import type { HttpOptions } from './http/options.ts';
import { startHttpServer, type HttpServer } from './http/server.ts';
import { describeLines, type Log } from './log.ts';
import { Recorder } from './recorder.ts';
import { openStore, type StoreTuning } from './open-store.ts';
import { buildStatus, type Status, type TraderView } from './status.ts';
import { StoreKeeper } from './store-keeper.ts';
import { storeReports } from './store-reports.ts';
import { systemRuntime } from './system-runtime.ts';

export type TraderOptions = {
  readonly feed: {
    readonly url: string;
    readonly credentials: { readonly keyId: string; readonly privateKeyPem: string };
    readonly markets: readonly string[];
    /** @default the client's */
    readonly marketsPerCommand?: number;
    /** Channels beside the books. @default none */
    readonly channels?: OptionalChannels;
    /** @default the client's */
    readonly connections?: number;
    /** Markets that are looked for, beside those that are named. @default none */
    readonly discovery?: { readonly restUrl: string; readonly rules: DiscoveryConfig };
  };
  /** What is recorded, for people: an address or "simulator". */
  readonly source: string;
  readonly database: Database;
  readonly recorder: string;
  /** Of the HTTP side; 0 for any free one, `null` for none. */
  readonly port: number | null;
  /** Who may reach it. @default this machine, without a token */
  readonly http?: Omit<HttpOptions, 'port'>;
  /** A cut that heals within this time is a row in the ledger; a longer one ends the session. @default 15000 */
  readonly holdDownMs?: number;
  /** From the request to stop until everything is let go; also the longest wait for a session's last records. @default 10000 */
  readonly drainMs?: number;
  /** @default nothing is dropped */
  readonly retention?: { readonly maxAgeMs: number | null };
  /** The spool, leases, batches. @default the store's */
  readonly store?: StoreTuning;
  /** How long somebody else may take, in each state. `drainMs` above has its own name. */
  readonly limits?: Partial<Omit<CoordinatorLimits, 'drainMs'>>;
  readonly log: Log;
};

export interface Trader {
  /**
   * Resolves once it is under way: HTTP is up, and the store is open or was found to be away for now, in which case it is
   * tried again for ever.
   *
   * @throws {TraderError} `STATUS_PORT_UNAVAILABLE`, or `DATABASE_UNAVAILABLE` when no later try could do better
   */
  start(): Promise<void>;
  /** Resolves at the first `ready` with true, or with false when it was stopped before. */
  readonly ready: Promise<boolean>;
  /** Ends the recording in an orderly way. Callers share one promise. */
  stop(reason: string): Promise<void>;
  /**
   * Resolves with the last session's row, or `null` if none was opened, once it has stopped; rejects if it could not.
   *
   * @throws {TraderError} `DRAIN_TIMEOUT` when it was not done in `drainMs`: handles may be left, so end the process
   */
  readonly stopped: Promise<SessionRow | null>;
  readonly client: OrderbookClient | null;
  /** Where `/status` is; `null` unless it is served. */
  readonly url: string | null;
  /** How the search for markets is doing; `null` without one. */
  readonly discovery: DiscoveryStatus | null;
  status(): Status;
}

const FEED_PATIENCE_MS = 15_000;
const DRAIN_MS = 10_000;
const TRANSITIONS_KEPT = 50;
/** Part of `drainMs` that a session's last records may take: the rest is for what comes after them. */
const CLOSING_SHARE = 0.8;
const SESSION_CHECK_MS = 5_000;

export function createTrader(options: TraderOptions): Trader {
  return new TraderProcess(options);
}

type Component = 'feed' | 'spool' | 'store';

class TraderProcess implements Trader {
  readonly #options: TraderOptions;
  readonly #log: Log;
  readonly #ready = Promise.withResolvers<boolean>();
  readonly #stopped = Promise.withResolvers<SessionRow | null>();
  readonly #startedAtMs = performance.now();
  readonly #events = new EventLog();
  readonly #transitions: CoordinatorTransition[] = [];
  readonly #health: HealthTracker<Component>;
  readonly #keeper: StoreKeeper;
  readonly #inputs: CoordinatorInput[] = [];
  #coordinator: CoordinatorState;
  #stepping = false;
  #isOver = false;
  #storeStatus: StoreStatus | null = null;
  #server: HttpServer | null = null;
  #recorder: Recorder | null = null;
  #client: OrderbookClient | null = null;
  #discovery: Discovery | null = null;
  #problem: string | null = null;
  readonly #storeTried = Promise.withResolvers<void>();
  #wakeTimer: NodeJS.Timeout | undefined;
  #sessionCheck: NodeJS.Timeout | undefined;

  constructor(options: TraderOptions) {
    this.#options = options;
    this.#log = options.log;
    const { database, retention, recorder, drainMs = DRAIN_MS } = options;
    this.#coordinator = initialCoordinator(Date.now(), { sessionEndMs: 2 * drainMs, ...options.limits, drainMs });
    this.#keeper = new StoreKeeper({
      open: async () =>
        openStore(database, (status) => this.#storeChanged(status), retention, {
          ...storeReports(options.log),
          ...options.store,
        }),
      recorder,
      closeTimeoutMs: drainMs,
      log: options.log,
      events: this.#events,
      tell: (input) => this.#take(input),
    });
    describeLines(options.log, () => ({
      session: this.#recorder?.session?.id ?? null,
      state: this.#coordinator.phase,
      epoch: this.#client?.status().epoch ?? null,
    }));
    this.#health = createHealthTracker({
      components: {
        feed: {
          critical: true,
          unhealthyAfterMs: options.holdDownMs ?? FEED_PATIENCE_MS,
          healthyAfterMs: 0,
          holdDown: false,
        },
        // Its disk is full or broken. What is recorded then lives in memory until the database has it.
        spool: { critical: true, unhealthyAfterMs: 0, holdDown: false },
        // Away for a while is what the spool, or memory, is for.
        store: { critical: false },
      },
      autoTick: true,
      onTransition: (transition) => this.#healthChanged(transition),
    });
    // Nobody may be waiting for it.
    this.#stopped.promise.catch(() => undefined);
    this.#storeTried.promise.catch(() => undefined);
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

  get discovery(): DiscoveryStatus | null {
    return this.#discovery?.status() ?? null;
  }

  get url(): string | null {
    return this.#server?.url ?? null;
  }

  status(): Status {
    return buildStatus(this.#view());
  }

  #view(): TraderView {
    return {
      uptimeMs: performance.now() - this.#startedAtMs,
      coordinator: this.#coordinator,
      transitions: this.#transitions,
      health: this.#health.snapshot(),
      client: this.#client,
      session: this.#recorder?.session ?? null,
      recorder: this.#recorder?.counters ?? null,
      store: this.#storeStatus,
      sessionStore: this.#keeper.store,
      source: this.#options.source,
      database: databaseName(this.#options.database),
    };
  }

  async start(): Promise<void> {
    try {
      const { port, http } = this.#options;
      if (port !== null) {
        const sources = { view: () => this.#view(), events: this.#events };
        this.#server = await startHttpServer({ ...http, port }, sources);
        // Stopped meanwhile: what shuts down has not seen it.
        if (this.#coordinator.phase === 'shutdown') return await this.#server.close();
        this.#log.info(`Status: ${this.#server.url}`);
      }
      this.#take({ type: 'started', atMs: Date.now() });
      await this.#storeTried.promise;
    } catch (error) {
      await this.stop('the start failed').catch(
        (cause: unknown) => cause !== error && this.#log.error(messageOf(cause)),
      );
      throw error;
    }
  }

  stop(reason: string): Promise<void> {
    this.#take({ type: 'stop-requested', reason, atMs: Date.now() });
    return this.#stopped.promise.then(() => undefined);
  }

  /** One input after the other: what an effect tells waits until all effects of its own input are done. */
  #take(input: CoordinatorInput): void {
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        const counters = this.#recorder?.session?.counters();
        const { state, effects } = step(this.#coordinator, { ...next, counters: counters ? { ...counters } : null });
        this.#coordinator = state;
        for (const effect of effects) this.#perform(effect);
        if (next.type === 'store-opened' || (next.type === 'store-refused' && !next.fatal)) this.#storeTried.resolve();
      }
    } finally {
      this.#stepping = false;
    }
    this.#armWake();
  }

  #armWake(): void {
    clearTimeout(this.#wakeTimer);
    const { wait } = this.#coordinator;
    if (!wait || this.#isOver) return;
    // Many traders may wait for one database.
    const jitter = wait.owner === 'coordinator' ? 1 + Math.random() / 4 : 1;
    const delayMs = Math.max(0, wait.untilMs - Date.now()) * jitter;
    // The timer knows better than a wall clock that was set back meanwhile.
    const wake = () => this.#take({ type: 'woke', atMs: Math.max(Date.now(), wait.untilMs) });
    this.#wakeTimer = setTimeout(wake, Math.min(delayMs, 2 ** 31 - 1));
  }

  #sleep(): void {
    this.#isOver = true;
    clearTimeout(this.#wakeTimer);
  }

  #perform(effect: CoordinatorEffect): void {
    switch (effect.type) {
      case 'announce':
        return this.#announce(effect.transition);
      case 'overdue': {
        const { name, owner, overdue, sinceMs } = effect.wait;
        const forMs = Date.now() - sinceMs;
        return this.#log.warn({ wait: name, owner, overdue: overdue + 1, forMs }, `overdue: ${name} (${owner})`);
      }
      case 'open-store':
        return this.#keeper.openStore(effect.attempt);
      case 'start-feed':
        return this.#startFeed();
      case 'remake-feed':
        return this.#client?.reconnect(effect.reason);
      case 'open-session':
        return this.#keeper.openSession(effect.attempt, effect.continues);
      case 'record':
        return this.#record(this.#keeper.take(effect.sessionId));
      case 'discard-session':
        return this.#keeper.discard(effect.sessionId);
      case 'close-session': {
        const session = this.#detach();
        if (session) this.#keeper.endSession(session, effect.end);
        return;
      }
      case 'shut-down':
        this.#shutDown(effect.reason)
          .finally(() => this.#sleep())
          .then(
            () => this.#stopped.resolve(this.#keeper.lastSession),
            (error: unknown) => this.#stopped.reject(error),
          );
        return;
      case 'let-go': {
        this.#sleep();
        const text =
          'The trader could not end in time. What the database does not have is in the spool, or lost; the next start ends the session';
        this.#stopped.reject(new TraderError('DRAIN_TIMEOUT', text));
      }
    }
  }

  #announce(transition: CoordinatorTransition): void {
    this.#transitions.push(transition);
    if (this.#transitions.length > TRANSITIONS_KEPT) this.#transitions.shift();
    this.#events.add({ type: 'state', ...transition });
    const { from, to, cause } = transition;
    this.#log.info({ state: to, from, cause }, `${from} → ${to}: ${cause}`);
    if (to === 'ready') this.#ready.resolve(true);
    if (to !== 'shutdown') return;
    this.#ready.resolve(false);
    this.#health.drain();
  }

  #healthChanged(transition: Transition<Component>): void {
    const { scope, from, to, reason } = transition;
    const component = scope === 'component' ? transition.component : null;
    this.#events.add({ type: 'health', component, from, to, reason, atMs: Date.now() });
    const subject = component ?? 'the whole';
    this.#log.info({ subject, from, to, reason }, `health of ${subject}: ${from} → ${to}`);
    if (scope === 'component' && transition.critical) {
      const health = { status: transition.to, reason };
      this.#take({ type: 'health-changed', component: transition.component, health, atMs: Date.now() });
    }
  }

  #storeChanged(status: StoreStatus): void {
    this.#storeStatus = status;
    if (status.state === 'failing') this.#log.warn({ code: status.error.code }, status.error.message);
    for (const [component, observation] of Object.entries(storeToHealth(status))) {
      this.#health.observe(component as 'spool' | 'store', observation);
    }
    this.#checkSession();
  }

  #startFeed(): void {
    if (this.#storeStatus === null) this.#storeChanged({ state: 'writing' });
    const { discovery, ...feed } = this.#options.feed;
    const channels = { ...feed.channels, ...(discovery && { market_lifecycle_v2: 'all' as const }) };
    const client = createOrderbookClient({ ...feed, channels });
    this.#client = client;
    this.#server?.follow(client);
    const recorder = new Recorder(client, (session, error) => {
      this.#take({ type: 'session-failed', sessionId: session.id, reason: messageOf(error), atMs: Date.now() });
    });
    this.#recorder = recorder;
    client.on('problem', ({ error, retryInMs }) => {
      this.#problem = error.message;
      this.#log.warn({ code: error.code, retryInMs }, error.message);
    });
    client.on('gap', (gap) => this.#log.warn({ gap }, `numbers were missed: ${gap.cause}`));
    client.on('status', ({ to, atMs }) => {
      this.#log.debug({ phase: to, epoch: client.status().epoch }, `feed: ${to}`);
      this.#health.observe('feed', feedToHealth(to, this.#problem));
      if (to === 'live') this.#take({ type: 'feed-came', fresh: recorder.isFresh, atMs });
      else this.#take({ type: 'feed-went', atMs });
    });
    if (discovery) this.#discover(client, discovery);
    client.start();
  }

  #discover(client: OrderbookClient, { restUrl, rules }: NonNullable<TraderOptions['feed']['discovery']>): void {
    const { credentials } = this.#options.feed;
    const rest = new RestClient({ restUrl, credentials, runtime: systemRuntime });
    const source = new RestMarketSource(rest);
    this.#discovery = new Discovery({ client, source, rules, runtime: systemRuntime, log: this.#log });
    this.#discovery.start();
  }

  #record(session: RecordingSession): void {
    this.#recorder!.attach(session);
    this.#sessionCheck = setInterval(() => this.#checkSession(), SESSION_CHECK_MS);
  }

  #checkSession(): void {
    void this.#recorder?.check();
  }

  #detach(): RecordingSession | null {
    clearInterval(this.#sessionCheck);
    return this.#recorder?.detach() ?? null;
  }

  /** In this order: nothing more comes in, then what came is stored, then the session ends, then everything is let go. */
  async #shutDown(reason: string): Promise<void> {
    const { drainMs = DRAIN_MS } = this.#options;
    if (this.#keeper.failure === undefined) this.#storeTried.resolve();
    else this.#storeTried.reject(this.#keeper.failure);
    const startedMs = performance.now();
    await this.#discovery?.close();
    await this.#client?.close();
    let failure: unknown = this.#keeper.failure;
    const session = this.#detach();
    if (session) {
      const leftMs = Math.max(1, Math.round(drainMs * CLOSING_SHARE - (performance.now() - startedMs)));
      await this.#keeper
        .close(session, { status: 'closed', reason }, leftMs)
        .catch((error: unknown) => (failure = error));
    }
    try {
      await this.#keeper.idle();
      await this.#keeper.closeStore();
    } finally {
      this.#health.close();
      await this.#server?.close();
    }
    if (failure !== undefined) throw failure;
  }
}
