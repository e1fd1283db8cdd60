export type { SeriesFees } from './core/accounts/fees.ts';
export type { BookLevels, Level } from './core/market/book.ts';
export type { UnknownTicker } from './core/socket/conversation.ts';
export type {
  ConnectionAim,
  ConnectionFault,
  Duration,
  ExchangeFault,
  Fault,
  FaultKind,
  FaultOf,
  FrameAim,
  FrameFault,
  HandshakeFault,
  Occasions,
  PriceStructure,
  RefusalCause,
  RefusalStatus,
  Span,
} from './core/faults/fault.ts';
export type { FaultState } from './core/faults/armed-fault.ts';
export type { FaultStatus } from './core/faults/fault-engine.ts';
export { parseFaultScript } from './core/faults/fault-script.ts';
export type { HandshakeRejection } from './core/tally.ts';
export type { ExchangeCredentials } from './io/credentials.ts';
export { ExchangeError, type ExchangeErrorCode } from './errors.ts';
export { createExchange, type Exchange, type ExchangeControl } from './exchange.ts';
export type { ExchangeFaults } from './io/fault-control.ts';
export type { ExchangeMarkets, ExchangeOrders, NewOrder, OwnOrder, Placement } from './io/market-control.ts';
export type { BadLine } from './core/tape/tape-line.ts';
export type { AcceptedKey, ExchangeOptions } from './options.ts';
export type { Runtime } from './io/runtime.ts';
export type { ExchangeTotals } from './core/totals.ts';
