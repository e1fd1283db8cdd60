// `/metrics`: everything in one text. Names follow Prometheus: `trader_` first, base units, `_total` for what only rises.
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { OrderbookClient } from '@trader/orderbook-client';
import type { StoreWrite } from '@trader/session-store';
import type { TraderView } from '../status.ts';
import { defineDiscoveryMetrics } from './discovery-metrics.ts';
import type { EventLog } from './event-log.ts';
import { defineFeedMetrics, type FeedView } from './feed-metrics.ts';
import { defineServerMetrics, type ServerTally } from './server-metrics.ts';
import { MetricRegistry } from './metric-registry.ts';
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
  defineServerMetrics(registry, tally);
  const times = new StateTimes(view().coordinator.phase, events);
  const sessions = new SessionCounter();
  return {
    follow,
    wrote,
    async text() {
      const sessionCounts = await sessions.counts(view().sessionStore);
      const now = view();
      const own = await registry.text({
        ...now,
        feed: now.client?.status() ?? null,
        times,
        sessionCounts,
        sessionCountFailures: sessions.failures,
      });
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
