export type { Backoff } from './core/state/backoff.ts';
export type { BookView } from './core/book/book-view.ts';
export { exchangeError, type ExchangeError } from './core/decode/exchange-errors.ts';
export type { Level, Side } from './core/price/book-level.ts';
export {
  formatMicrodollars,
  formatPrice,
  formatSize,
  ONE_DOLLAR,
  parseMicrodollars,
  parsePrice,
  parseSize,
} from './core/price/price.ts';
export type { ChannelScope } from './core/state/subscription.ts';
export type {
  ChannelEvent,
  EventFeeUpdate,
  EventFeeUpdateEvent,
  EventLifecycle,
  EventLifecycleEvent,
  Fill,
  FillEvent,
  MarketLifecycle,
  MarketLifecycleChange,
  MarketLifecycleEvent,
  MarketMetadata,
  MarketPosition,
  MarketPositionEvent,
  OpenEnum,
  OrderGroup,
  OrderGroupEvent,
  OrderUpdateReason,
  PriceRange,
  RawChannel,
  RawEvent,
  Ticker,
  TickerEvent,
  Trade,
  TradeEvent,
  UserOrder,
  UserOrderEvent,
} from './channel-events.ts';
export { createOrderbookClient } from './client.ts';
export { OrderbookClientError, type OrderbookClientErrorCode, type OrderbookClientErrorDetails } from './errors.ts';
export type { EventStreamOptions } from './streams/event-queue.ts';
export {
  type BookRepair,
  EVENT_TYPES,
  type ControlEvent,
  type DeltaEvent,
  type FeedCounters,
  type FeedPhase,
  type GapCause,
  type GapEvent,
  type OrderbookEvent,
  type ProblemEvent,
  type SnapshotEvent,
  type StaleEvent,
  type AuditedEvent,
  type VerifiedEvent,
  type StaleReason,
  type StatusEvent,
  type UnrecognizedEvent,
  type RepairStep,
} from './events.ts';
export type { Runtime } from './io/runtime.ts';
export { createSigner, type Signer } from './io/signer.ts';
export {
  createWebSocketOpener,
  openWebSocket,
  type OpenSocket,
  type Socket,
  type SocketListener,
  type WebSocketOptions,
} from './io/socket.ts';
export { isMarketTicker, type Environment, type OptionalChannels, type OrderbookClientOptions } from './options.ts';
export type { TopOfBook } from './streams/top-of-book.ts';
export type {
  ClientStatus,
  ConnectionStatus,
  EventOf,
  EventType,
  Listener,
  OrderbookClient,
  WaitOptions,
} from './client-api.ts';
