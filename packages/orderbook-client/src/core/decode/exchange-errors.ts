// What the exchange's error codes mean for whoever sent the command, or lost the subscription.
import { WIRE_ERROR } from '../../wire.ts';

type ExchangeErrorName = keyof typeof WIRE_ERROR | 'unknown';

export type ExchangeError = {
  /** The exchange's number. */
  readonly code: number;
  readonly name: ExchangeErrorName;
  /** The same command, or for a terminal error the same subscription, may well succeed later as it is. */
  readonly retryable: boolean;
  /** The sid is dead: nothing more comes on it, and its channel is to be subscribed to anew. */
  readonly terminal: boolean;
  /** An exchange of today sends it no more; older ones and recordings do. */
  readonly retired: boolean;
};

const RETIRED: ReadonlySet<ExchangeErrorName> = new Set(['alreadySubscribed', 'marketNotFound', 'internalError']);

/** Every other error says that the command is wrong: sent again as it is, it would be refused again. */
const RETRYABLE: ReadonlySet<ExchangeErrorName> = new Set([
  'channelError',
  'internalError',
  'commandTimeout',
  'bufferOverflow',
  'tooManyRequests',
]);

const TERMINAL: ReadonlySet<ExchangeErrorName> = new Set(['channelError', 'internalError', 'bufferOverflow']);

const BY_CODE: ReadonlyMap<number, ExchangeError> = new Map(
  (Object.entries(WIRE_ERROR) as [keyof typeof WIRE_ERROR, number][]).map(([name, code]) => [
    code,
    { code, name, retryable: RETRYABLE.has(name), terminal: TERMINAL.has(name), retired: RETIRED.has(name) },
  ]),
);

/**
 * An error code with its name and what to do. A code that this client does not know is called `unknown` and is
 * retryable and not terminal: trying again, with growing waits, is what heals the most.
 */
export const exchangeError = (code: number): ExchangeError =>
  BY_CODE.get(code) ?? { code, name: 'unknown', retryable: true, terminal: false, retired: false };
