// Composes the exchange's side, the database's side, health and the HTTP side under the coordinator: it performs the
// coordinator's effects. What to do is decided in coordinator/step.ts.
import type { OrderbookClient } from '@trader/orderbook-client';
import type { SessionCounters, SessionRow } from '@trader/session-store';
import { databaseName } from './config/database.ts';
import { CoordinatorLoop, inWallTime } from './coordinator/loop.ts';
import type { CoordinatorEffect, CoordinatorFact, CoordinatorTransition } from './coordinator/step.ts';
import type { DiscoveryStatus } from './feed/discovered-markets.ts';
import { messageOf, TraderError } from './errors.ts';
import { FeedSide } from './feed/feed-side.ts';
import { MinuteReport } from './feed/minute-report.ts';
import { HealthSide, inWallTimes } from './health/health-side.ts';
import { EventLog, type LoggedTransition } from './event-log.ts';
import { readBuiltPage } from './http/page/read-page.ts';
import { startHttpServer, type HttpServer } from './http/server.ts';
import { describeLines } from './log/log.ts';
import { openStore } from './store/open-store.ts';
import { PartReader } from './part-reader.ts';
import { shutDown } from './shut-down.ts';
import type { Reload } from './config/reload/decide-reload.ts';
import { Reloader } from './reloader.ts';
import { standardError } from './log/standard-error.ts';
import { buildStatus, withAge, type Status, type TraderView } from './status.ts';
import { RecorderLifetime } from './store/recorder-lifetime.ts';
import { StoreKeeper } from './store/store-keeper.ts';
import { StoreWatch } from './store/store-watch.ts';
import { repeatEvery } from './runtime/set-timer.ts';
import { systemRuntime } from './runtime/system-runtime.ts';
import { DEFAULT_DRAIN_MS, DEFAULT_HOLD_DOWN_MS, type Trader, type TraderOptions } from './trader-contract.ts';
import { TransitionLog } from './coordinator/transitions.ts';
import { WallTimes } from './runtime/wall-times.ts';

export type { Trader, TraderOptions } from './trader-contract.ts';

export function createTrader(options: TraderOptions): Trader {
  return new TraderProcess(options);
}

const REPORT_EVERY_MS = 60_000;

class TraderProcess implements Trader {
  readonly #options: TraderOptions;
  readonly #drainMs: number;
  readonly #ready = Promise.withResolvers<boolean>();
  readonly #stopped = Promise.withResolvers<SessionRow | null>();
  readonly #timeUp = Promise.withResolvers<never>();
  readonly #startedAtMs = systemRuntime.monotonicMs();
  readonly #times = new WallTimes();
  readonly #events = new EventLog();
  readonly #transitions: TransitionLog;
  readonly #loop: CoordinatorLoop;
  readonly #health: HealthSide;
  readonly #feed: FeedSide;
  readonly #watch: StoreWatch;
  readonly #keeper: StoreKeeper;
  readonly #lifetime: RecorderLifetime;
  readonly #minutes: MinuteReport;
  readonly #reloader: Reloader | null;
  #stopReports = (): void => undefined;
  #server: HttpServer | null = null;

  constructor(options: TraderOptions) {
    const { feed, database, retention, recorder, store, limits, settings, log } = options;
    const { holdDownMs = DEFAULT_HOLD_DOWN_MS, drainMs = DEFAULT_DRAIN_MS } = options;
    const events = this.#events;
    const tell = (fact: CoordinatorFact): void => this.#loop.take(fact);
    this.#options = options;
    this.#drainMs = drainMs;
    this.#lifetime = new RecorderLifetime(recorder);
    this.#transitions = new TransitionLog(events, log, () => this.#recorded());
    this.#loop = new CoordinatorLoop({
      limits: { sessionEndMs: 2 * drainMs, ...limits, drainMs },
      perform: (effect) => this.#perform(effect),
      onFailure: (effect, error) => log.error({ code: 'UNEXPECTED', effect }, `${effect} failed: ${messageOf(error)}`),
    });
    this.#health = new HealthSide({ holdDownMs, folder: folderOf(options), events, log, tell });
    this.#feed = new FeedSide({
      feed,
      log,
      onClient: (client) => this.#server?.follow(client),
      observe: (health) => this.#health.observeFeed(health),
      observeReading: (health) => this.#health.observeReading(health),
      observeMarkets: (health) => this.#health.observeMarkets(health),
      tell,
    });
    this.#watch = new StoreWatch({
      log,
      onChange: (failures) => this.#health.observeStore(failures),
      onWrite: (write) => this.#server?.wrote(write),
      onRecovery: (session) => {
        this.#keeper.completed(session);
        this.#readLifetime();
      },
    });
    const open = async () => openStore(database, (event) => this.#watch.take(event), retention, store);
    this.#keeper = new StoreKeeper({
      open,
      recorder,
      closeTimeoutMs: drainMs,
      lifetime: this.#lifetime,
      log,
      events,
      tell,
    });
    this.#minutes = new MinuteReport(log);
    const apply = (reload: Reload) => this.#applyReload(reload);
    this.#reloader = settings ? new Reloader({ ...settings, apply, log }) : null;
    describeLines(log, () => ({
      session: this.#feed.session?.id ?? null,
      state: this.#loop.state.phase,
      epoch: this.client?.status().epoch ?? null,
    }));
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
    return this.#feed.client;
  }

  get discovery(): DiscoveryStatus | null {
    return this.#feed.discovery;
  }

  get url(): string | null {
    return this.#server?.url ?? null;
  }

  get isLive(): boolean {
    return this.#health.snapshot().live;
  }

  get summary(): string {
    const { phase, cause } = this.#loop.state;
    return `${phase}: ${cause}`;
  }

  status(): Status {
    return buildStatus(this.#view());
  }

  async start(): Promise<void> {
    try {
      const { port, http, faults = null, exportDir = null, onListening, log } = this.#options;
      if (port !== null) {
        const page = await readBuiltPage(log);
        const sources = { view: () => this.#view(), events: this.#events, faults, page, exportDir, log };
        this.#server = await startHttpServer({ ...http, port }, sources);
        // Stopped meanwhile: what shuts down has not seen it.
        if (this.#loop.state.phase === 'shutdown') return await this.#server.close();
        if (page) log.info(`Dashboard: ${this.#server.pageUrl}`);
        log.info(`Status: ${this.#server.url}`);
      }
      onListening?.();
      this.#health.start();
      this.#stopReports = repeatEvery(REPORT_EVERY_MS, () => this.#reportMinute());
      this.#loop.take({ type: 'started' });
      this.#reloader?.begin();
      await this.#keeper.tried;
    } catch (error) {
      await this.stop('the start failed').catch(
        (cause: unknown) => cause !== error && this.#options.log.error(messageOf(cause)),
      );
      throw error;
    }
  }

  stop(reason: string): Promise<void> {
    this.#loop.take({ type: 'stop-requested', reason });
    return this.#stopped.promise.then(() => undefined);
  }

  reload(): void {
    const { log } = this.#options;
    if (this.#loop.state.phase === 'shutdown') log.info('the trader stops: settings are not reloaded any more');
    else if (this.#reloader) this.#reloader.ask();
    else log.warn('this trader has no settings to reload');
  }

  async #applyReload({ changed, inEffect }: Reload): Promise<void> {
    const { markets, key, token, certificate } = inEffect.parts;
    if (changed.has('token') || changed.has('certificate')) this.#server?.renew({ token, tls: certificate });
    if (key && changed.has('key')) this.#feed.setCredentials(key);
    if (markets && changed.has('markets')) await this.#feed.setMarkets(markets);
  }

  #view(): TraderView {
    const { source, database } = this.#options;
    const { client, session } = this.#feed;
    const parts = new PartReader();
    const health = this.#health.snapshot();
    return {
      uptimeMs: systemRuntime.monotonicMs() - this.#startedAtMs,
      coordinator: inWallTime(this.#loop.state, this.#times),
      transitions: this.#transitions.latest,
      health: inWallTimes(health, this.#times),
      client,
      session,
      continues: session && this.#keeper.continuedBy(session),
      lifetime: parts.read('lifetime', () => this.#lifetimeCounters()),
      recorder: parts.read('recorder', () => this.#feed.recorded),
      unknownMarkets: this.#feed.unknownMarkets,
      descriptions: () => this.#feed.descriptions,
      discovery: parts.read('discovery', () => this.#feed.discovery),
      store: this.#watch.view(),
      leaseLeftMs: parts.read('lease', () => this.#keeper.store?.leaseLeftMs() ?? null),
      diskFreeBytes: this.#health.diskFreeBytes,
      backlog: parts.read('backlog', () => {
        const backlog = this.#keeper.store?.backlog();
        return backlog ? withAge(backlog, systemRuntime.nowMs()) : null;
      }),
      sessionStore: this.#keeper.store,
      unreadable: parts.unreadable,
      droppedLogLines: standardError.droppedLines,
      reload: this.#reloader?.view ?? null,
      source,
      database: databaseName(database),
    };
  }

  /** One that cannot be read costs a transition nothing else. */
  #recorded(): Pick<LoggedTransition, 'counters' | 'lifetime'> {
    const parts = new PartReader();
    return {
      counters: parts.read('counters', () => countersOf(this.#feed)),
      lifetime: parts.read('lifetime', () => this.#lifetimeCounters()),
    };
  }

  #lifetimeCounters(): SessionCounters | null {
    return this.#lifetime.counters(countersOf(this.#feed));
  }

  #readLifetime(): void {
    const { store } = this.#keeper;
    if (store) void this.#lifetime.read(store, this.#feed.session?.id ?? null);
  }

  #reportMinute(): void {
    this.#readLifetime();
    this.#minutes.report(() => {
      const { session, client } = this.#feed;
      const books = [...(client?.books() ?? [])];
      return {
        session: session && { id: session.id, counters: session.counters() },
        isStandby: this.#loop.state.phase === 'standby',
        books: { synced: books.filter(({ synced }) => synced).length, wanted: books.length },
      };
    });
  }

  #perform(effect: CoordinatorEffect): void {
    switch (effect.type) {
      case 'announce':
        return this.#announce(effect.transition);
      case 'overdue': {
        const { name, owner, overdue, sinceMs } = effect.wait;
        const wait = {
          wait: name,
          owner,
          overdue: overdue + 1,
          forMs: Math.round(systemRuntime.monotonicMs() - sinceMs),
        };
        return this.#options.log.warn(
          wait,
          `overdue: ${name}, by ${owner}, for ${wait.forMs} ms, ${wait.overdue} times`,
        );
      }
      case 'open-store':
        return this.#keeper.openStore(effect.attempt);
      case 'start-feed':
        this.#watch.opened();
        return this.#feed.start();
      case 'remake-feed':
        return this.#feed.remake(effect.reason);
      case 'open-session':
        return this.#keeper.openSession(effect.attempt, {
          continues: effect.continues,
          startedAtMs: this.#feed.firstWaitingAtMs,
          isTakeover: effect.isTakeover,
        });
      case 'stand-by':
        return this.#feed.standBy();
      case 'record':
        return this.#feed.record(this.#keeper.take(effect.sessionId));
      case 'discard-session':
        return this.#keeper.discard(effect.sessionId);
      case 'close-session': {
        const session = this.#feed.detach();
        if (session) this.#keeper.endSession(session, effect.end);
        return;
      }
      case 'forbid': {
        const { from, to, cause } = effect;
        const text = `there is no transition from ${from} to ${to} (${cause}); it stays in ${from}. Please report this`;
        return this.#options.log.error({ code: 'TRANSITION_FORBIDDEN', from, to, cause }, text);
      }
      case 'shut-down':
        return this.#shutDown(effect.reason);
      case 'let-go': {
        const text =
          'The trader could not end in time. What the database does not have is in the spool, or lost; the next start ends the session';
        return this.#timeUp.reject(new TraderError('DRAIN_TIMEOUT', text));
      }
    }
  }

  #announce(transition: CoordinatorTransition): void {
    this.#transitions.add(transition);
    if (transition.to === 'ready') this.#ready.resolve(true);
    if (transition.to !== 'shutdown') return;
    this.#ready.resolve(false);
    this.#health.drain();
  }

  #shutDown(reason: string): void {
    const parts = { feed: this.#feed, health: this.#health, keeper: this.#keeper, server: () => this.#server };
    const terms = { reason, drainMs: this.#drainMs, timeUp: this.#timeUp.promise };
    shutDown(parts, terms)
      .finally(() => {
        this.#stopReports();
        this.#loop.end();
      })
      .then(
        () => this.#stopped.resolve(this.#keeper.lastSession),
        (error: unknown) => this.#stopped.reject(error),
      );
  }
}

/** Where records wait, or are stored. */
function folderOf({ database, store }: TraderOptions): string | null {
  if (store?.spool) return store.spool.dir ?? null;
  return 'dataDir' in database ? database.dataDir : null;
}

function countersOf({ session }: FeedSide): SessionCounters | null {
  return session && { ...session.counters() };
}
