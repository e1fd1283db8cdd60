import type { TraderView } from '../../status.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** The log about itself. */
export function defineLogMetrics(registry: MetricRegistry<Pick<TraderView, 'droppedLogLines'>>): void {
  registry.counter(
    'trader_log_dropped_lines_total',
    'Log lines that are lost: nobody read standard error, or it could not be written.',
    ({ droppedLogLines }) => droppedLogLines,
  );
}
