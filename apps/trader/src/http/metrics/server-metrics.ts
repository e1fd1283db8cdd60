// The HTTP side about itself: whom it serves and whom it turns away.
import type { MetricRegistry } from './metric-registry.ts';
import type { CutCode, RefusalCode } from '../refusal.ts';
import type { DropReason } from '../socket/socket-client.ts';

export type ServerTally = {
  /** Answers over plain HTTP, by status code. */
  readonly answers: ReadonlyMap<string, number>;
  readonly refusals: ReadonlyMap<RefusalCode | CutCode, number>;
  readonly connections: () => number;
  readonly clients: () => number;
  readonly dropped: () => Readonly<Record<DropReason, number>>;
};

export function defineServerMetrics<View>(registry: MetricRegistry<View>, tally: ServerTally): void {
  const { answers, refusals, connections, clients, dropped } = tally;
  registry.counterBy(
    'trader_http_refusals_total',
    'Requests and connections that were turned away, by code.',
    'code',
    () => refusals,
  );
  registry.counterBy('trader_http_responses_total', 'Answers, by status code.', 'status', () => answers);
  registry.gauge('trader_http_connections', 'Connections that speak HTTP, or nothing yet.', connections);
  registry.gauge('trader_ws_clients', 'Clients of the status socket.', clients);
  registry.counterBy('trader_ws_dropped_total', 'Clients of the status socket that were dropped.', 'reason', () =>
    Object.entries(dropped()),
  );
}
