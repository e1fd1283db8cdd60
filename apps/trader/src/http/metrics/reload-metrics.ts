import type { ReloadOutcome } from '../../reloader.ts';
import type { TraderView } from '../../status.ts';
import { keysOf, type MetricRegistry } from './metric-registry.ts';

const OUTCOMES = keysOf<ReloadOutcome>({ applied: 0, unchanged: 0, refused: 0, failed: 0 });

/** Settings that are read anew while it runs. */
export function defineReloadMetrics(registry: MetricRegistry<Pick<TraderView, 'reload'>>): void {
  registry.counterBy('trader_reloads_total', 'Times that settings were read anew.', 'outcome', ({ reload }) =>
    OUTCOMES.map((outcome) => [outcome, reload?.counts[outcome] ?? 0] as const),
  );
  registry.gauge(
    'trader_reload_last_good_timestamp_seconds',
    'When settings were last read without a mistake; the start is the first time.',
    ({ reload }) => reload && reload.goodAtMs / 1_000,
  );
  registry.gauge(
    'trader_settings_need_restart',
    'Settings that are other than those in effect, and wait for a restart.',
    ({ reload }) => reload && reload.needsRestart.length,
  );
}
