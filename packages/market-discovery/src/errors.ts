/** The stable codes of {@link MarketDiscoveryError}. Adding one is a minor version, renaming one is a major version. */
export type MarketDiscoveryErrorCode =
  | 'REST_UNREACHABLE'
  | 'REST_REFUSED'
  | 'REST_UNREADABLE'
  | 'SIGNER_FAILED'
  | 'LISTENER_FAILED'
  | 'UNEXPECTED';

const ADVICE: Readonly<Record<MarketDiscoveryErrorCode, string>> = {
  REST_UNREACHABLE: 'Check restUrl, the network, a proxy and a firewall',
  REST_REFUSED: 'Look at the status: 400 is a wrong series, event or ticker, 401 and 403 are the key and the clock',
  REST_UNREADABLE: 'Check that restUrl is the exchange and no page in front of it',
  SIGNER_FAILED: 'Look at the cause: your own function sign threw, or returned no headers',
  LISTENER_FAILED: 'Look at the cause: your own listener threw; the others were told',
  UNEXPECTED: 'Report it, with its cause',
};

const brand: unique symbol = Symbol.for('@trader/market-discovery/error');

/** Every failure of this package. `code` is for programs, `message` for people; neither holds a key or a signature. */
export class MarketDiscoveryError extends Error {
  override readonly name = 'MarketDiscoveryError';
  readonly code: MarketDiscoveryErrorCode;
  /** What to do next. A search goes on by itself: it asks again, ever more slowly, and drops no market for it. */
  readonly advice: string;
  /** The HTTP status of an answer that refuses. */
  readonly status: number | null;
  /** @internal */
  readonly [brand] = true;

  constructor(code: MarketDiscoveryErrorCode, message: string, status: number | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.advice = ADVICE[code];
    this.status = status;
  }

  /** Recognises errors of another installed copy of this package too, where `instanceof` does not. */
  static isInstance(value: unknown): value is MarketDiscoveryError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
