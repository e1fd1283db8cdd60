// What holds for the exchange as a whole because of faults, and what the exchange makes of it.
import type { ExchangeState } from '../exchange-state.ts';
import type { FaultOf } from './fault.ts';

export interface ExchangeConditions {
  readonly maintenance: boolean;
  readonly tradingPaused: boolean;
  readonly noOpenMarkets: boolean;
  readonly priceStructures: readonly Pick<FaultOf<'price-structure'>, 'structure' | 'market'>[];
  /** What the exchange's clock is ahead for everybody, in ms; a skew that is aimed is not in it. */
  readonly clockOffsetMs: number;
}

/** As long as the weekly window on Thursdays. */
const MAINTENANCE_MS = 7_200_000;

export const ordinaryConditions: ExchangeConditions = {
  maintenance: false,
  tradingPaused: false,
  noOpenMarkets: false,
  priceStructures: [],
  clockOffsetMs: 0,
};

/**
 * Touches only what has changed since `before`, so that what was switched by hand stays. Frames have their times moved on
 * their way out; the offset here is for REST.
 */
export function applyConditions(
  conditions: ExchangeConditions,
  before: ExchangeConditions,
  state: ExchangeState,
  nowMs: number,
): void {
  const { maintenance, tradingPaused, clockOffsetMs } = conditions;
  state.clockOffsetMs = clockOffsetMs;
  if (maintenance !== before.maintenance) {
    state.exchangeActive = !maintenance;
    state.maintenance = maintenance ? { startMs: nowMs, endMs: nowMs + MAINTENANCE_MS } : null;
  }
  const halted = maintenance || tradingPaused;
  if (halted !== (before.maintenance || before.tradingPaused)) state.tradingActive = !halted;
}
