import { printable } from './printable.ts';

/** The stable codes of {@link OrderbookClientError}. Adding one is a minor version, renaming one is a major version. */
export type OrderbookClientErrorCode =
  | 'KEY_INVALID'
  | 'SIGNER_FAILED'
  | 'RUNTIME_FAILED'
  | 'CONNECT_FAILED'
  | 'CONNECT_TIMEOUT'
  | 'AUTH_REJECTED'
  | 'ACCESS_DENIED'
  | 'RATE_LIMITED'
  | 'EXCHANGE_UNAVAILABLE'
  | 'HANDSHAKE_REJECTED'
  | 'DISCONNECTED'
  | 'PONG_TIMEOUT'
  | 'NO_ANSWER'
  | 'COMMAND_REJECTED'
  | 'SUBSCRIPTION_LOST'
  | 'SEQUENCE_RESET'
  | 'PROTOCOL_VIOLATION'
  | 'PRECISION_UNSUPPORTED'
  | 'BOOK_DESYNCED'
  | 'LISTENER_FAILED'
  | 'QUEUE_OVERFLOW'
  | 'NOT_SYNCED'
  | 'NOT_WANTED'
  | 'WAIT_TIMEOUT'
  | 'RECORD_UNREADABLE'
  | 'REPLAY_SOURCE_FAILED'
  | 'CLOSED';

export type OrderbookClientErrorDetails = {
  readonly cause?: unknown;
  /** HTTP status of a refused handshake. */
  readonly httpStatus?: number;
  /** The exchange's own error number, or its textual code for a refused handshake. */
  readonly exchangeCode?: number | string;
  readonly market?: string;
  /** How long the exchange asked to wait, in ms. */
  readonly retryAfterMs?: number;
  /** Exchange's clock minus this machine's, in ms, where a rejected key may be explained by it. */
  readonly clockSkewMs?: number;
  /** With which code the other side closed the socket (RFC 6455), and what it said, printable and cut to 123 characters. */
  readonly closeCode?: number;
  readonly closeReason?: string;
};

/** Messages may quote the exchange, whose frames have any length. */
const MAX_MESSAGE_LENGTH = 1000;

const brand = Symbol.for('@trader/orderbook-client/error');

/**
 * Every failure of this package. `code` is for programs, `message` for people; neither holds a key or a signature.
 */
export class OrderbookClientError extends Error {
  override readonly name = 'OrderbookClientError';
  readonly code: OrderbookClientErrorCode;
  readonly httpStatus: number | undefined;
  readonly exchangeCode: number | string | undefined;
  readonly market: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly clockSkewMs: number | undefined;
  readonly closeCode: number | undefined;
  readonly closeReason: string | undefined;

  constructor(code: OrderbookClientErrorCode, message: string, details: OrderbookClientErrorDetails = {}) {
    super(
      printable(message, [], MAX_MESSAGE_LENGTH),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.httpStatus = details.httpStatus;
    this.exchangeCode = details.exchangeCode;
    this.market = details.market;
    this.retryAfterMs = details.retryAfterMs;
    this.clockSkewMs = details.clockSkewMs;
    this.closeCode = details.closeCode;
    this.closeReason = details.closeReason;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises errors of another installed copy of this package too, where `instanceof` does not. */
  static isInstance(value: unknown): value is OrderbookClientError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
