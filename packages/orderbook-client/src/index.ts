export type { Backoff } from './core/backoff.ts';
export type { Level, Side } from './core/book.ts';
export type { BookView } from './core/book-view.ts';
export { formatPrice, formatSize, ONE_DOLLAR, parsePrice, parseSize } from './core/fixed-point.ts';
export { createOrderbookClient } from './client.ts';
export { OrderbookClientError, type OrderbookClientErrorCode, type OrderbookClientErrorDetails } from './errors.ts';
export type { EventStreamOptions } from './event-queue.ts';
export type {
  ControlEvent,
  DeltaEvent,
  FeedCounters,
  FeedPhase,
  GapCause,
  GapEvent,
  OrderbookEvent,
  ProblemEvent,
  SnapshotEvent,
  StaleReason,
  StatusEvent,
} from './events.ts';
export type { Runtime } from './io/runtime.ts';
export { createSigner, type Signer } from './io/signer.ts';
export type { OpenSocket, Socket, SocketListener } from './io/socket.ts';
export type { OrderbookClientOptions } from './options.ts';
export type { ClientStatus, EventType, Listener, OrderbookClient } from './orderbook-client.ts';
