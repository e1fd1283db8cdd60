/** Why the exchange could not start, or stopped playing. Stable: adding a code is minor, renaming one is major. */
export type ExchangeErrorCode =
  | 'TAPE_UNREADABLE'
  | 'TAPE_INVALID'
  | 'PORT_IN_USE'
  | 'LISTEN_FAILED'
  | 'KEY_INVALID'
  | 'RECORDING_FAILED'
  | 'CLOSED_BEFORE_END'
  | 'FAULT_SCRIPT_INVALID'
  | 'FAULT_NOT_POSSIBLE';

export interface ExchangeErrorContext {
  /** The tape, as it was given in the options. */
  readonly file?: string;
  /** Line of the tape, counted from 1. */
  readonly line?: number;
  /** What would have been right. */
  readonly expected?: string;
  readonly cause?: unknown;
}

const brand = Symbol.for('@trader/exchange-simulator/ExchangeError');

/** Everything that can go wrong after the options were found to be in order. Branch on {@link ExchangeError.code}. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly code: ExchangeErrorCode;
  /** The tape, as it was given in the options; on `TAPE_*` codes. */
  readonly file: string | undefined;
  /** Line of the tape, counted from 1; on `TAPE_INVALID`. */
  readonly line: number | undefined;
  /** What would have been right; on `TAPE_INVALID`. */
  readonly expected: string | undefined;

  constructor(code: ExchangeErrorCode, message: string, context: ExchangeErrorContext = {}) {
    super(message, 'cause' in context ? { cause: context.cause } : undefined);
    this.code = code;
    this.file = context.file;
    this.line = context.line;
    this.expected = context.expected;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises the error even when two copies of this package are installed. */
  static isInstance(value: unknown): value is ExchangeError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
