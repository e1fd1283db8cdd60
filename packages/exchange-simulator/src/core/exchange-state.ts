// What holds for the exchange as a whole. Faults and the control endpoint switch it, REST and the order flow read it.

export interface ExchangeState {
  /** false: the exchange is closed as a whole; nothing trades and cancels are refused, too. */
  exchangeActive: boolean;
  /** false: no orders and no trades; resting orders stay. */
  tradingActive: boolean;
  /** The maintenance that is going on or announced, ms since the epoch. */
  maintenance: { readonly startMs: number; readonly endMs: number } | null;
  /** What the exchange's clock is ahead of the runtime's for everybody, in ms: a clock-skew fault moves frames by it. */
  clockOffsetMs: number;
}

export const newExchangeState = (): ExchangeState => ({
  exchangeActive: true,
  tradingActive: true,
  maintenance: null,
  clockOffsetMs: 0,
});

/** Whether anything may happen in the markets. */
export const isTrading = ({ exchangeActive, tradingActive }: ExchangeState): boolean => exchangeActive && tradingActive;
