export type { BookLevels, Level } from './core/book.ts';
export type { UnknownTicker } from './core/conversation.ts';
export type { HandshakeRejection } from './core/tally.ts';
export { ExchangeError, type ExchangeErrorCode } from './errors.ts';
export { createExchange, type Exchange } from './exchange.ts';
export type { AcceptedKey, ExchangeOptions } from './options.ts';
export type { Runtime } from './runtime.ts';
export type { ExchangeTotals } from './totals.ts';
