/** Stable names of everything that can fail after the options were accepted. */
export type HealthErrorCode = 'UNKNOWN_COMPONENT' | 'INVALID_INPUT' | 'CHECK_FAILED' | 'CHECK_TIMED_OUT';

const brand: unique symbol = Symbol.for('@trader/health/error');

/** The one error class of this package. Branch on `code`. */
export class HealthError extends Error {
  override readonly name = 'HealthError';
  /** What failed; see the table in the README. */
  readonly code: HealthErrorCode;
  /** The component it is about; empty when it is about none. */
  readonly component: string;
  /** @internal */
  readonly [brand] = true;

  constructor(code: HealthErrorCode, component: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.component = component;
  }

  /** Recognises errors of another installed copy of this package too, where `instanceof` does not. */
  static isInstance(value: unknown): value is HealthError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
