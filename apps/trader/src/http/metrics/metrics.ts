// `/metrics`: everything in one text. Names follow Prometheus: `trader_` first, base units, `_total` for what only rises.
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ClientStatus, OrderbookClient } from '@trader/orderbook-client';
import type { StoreWrite } from '@trader/session-store';
import { PartReader } from '../../part-reader.ts';
import type { TraderView } from '../../status.ts';
import { defineDiscoveryMetrics } from './discovery-metrics.ts';
import type { EventLog } from '../../event-log.ts';
import { defineFeedMetrics, type FeedView } from './feed-metrics.ts';
import { defineLogMetrics } from './log-metrics.ts';
import { defineServerMetrics, type ServerTally } from './server-metrics.ts';
import { MetricRegistry } from './metric-registry.ts';
import { defineReloadMetrics } from './reload-metrics.ts';
import { defineRecordingMetrics, type RecordingView } from './recording-metrics.ts';
import { SessionCounter } from './session-counts.ts';
import { defineStateMetrics, type StateView } from './state-metrics.ts';
import { StateTimes } from './state-times.ts';
import { defineStoreMetrics } from './store-metrics.ts';

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

export interface Metrics {
  /** Counts the delays of this client's deltas from now on. */
  follow(client: OrderbookClient): void;
  /** Counts how long this batch took. */
  wrote(write: StoreWrite): void;
  text(): Promise<string>;
}

export function createMetrics(view: () => TraderView, events: EventLog, tally: ServerTally): Metrics {
  const registry = new MetricRegistry<FeedView & StateView & RecordingView>();
  const follow = defineFeedMetrics(registry);
  defineDiscoveryMetrics(registry);
  defineStateMetrics(registry);
  defineRecordingMetrics(registry);
  const wrote = defineStoreMetrics(registry);
  defineLogMetrics(registry);
  defineReloadMetrics(registry);
  defineServerMetrics(registry, tally);
  registry.counter(
    'trader_event_listener_failures_total',
    'Times that somebody who is told of events threw.',
    () => events.listenerFailures,
  );
  registry.countUnreadable('trader_metrics_unreadable_total', 'Samples that could not be read, by metric.');
  const times = new StateTimes(view().coordinator.phase, events);
  const sessions = new SessionCounter();
  return {
    follow,
    wrote,
    async text() {
      const parts = new PartReader();
      const store = parts.read('view', () => view().sessionStore);
      const sessionCounts = await sessions.counts(store);
      const now = parts.read('view', view);
      let feed: ClientStatus | null | undefined;
      const own = await registry.text(
        now && {
          ...now,
          get feed() {
            // Read by many, once; one that throws is missing from all of them.
            return (feed ??= now.client?.status() ?? null);
          },
          times,
          sessionCounts,
          sessionCountFailures: sessions.failures,
        },
      );
      return `${own}\n${await processRegistry().metrics()}`;
    },
  };
}

let ofProcess: Registry | null = null;

/**
 * Memory, CPU, garbage collection and the event loop's delay belong to the process, not to one trader in it, and what
 * measures them cannot be stopped again: so it is started once, with the first scrape.
 */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
    // Sums of gauges that are there by type as well, with a suffix that is kept for counters.
    for (const kind of ['handles', 'requests', 'resources'])
      ofProcess.removeSingleMetric(`nodejs_active_${kind}_total`);
  }
  return ofProcess;
}
