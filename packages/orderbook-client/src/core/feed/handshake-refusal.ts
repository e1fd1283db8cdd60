// What the HTTP status of a refused handshake means.
import { OrderbookClientError, type OrderbookClientErrorCode, type OrderbookClientErrorDetails } from '../../errors.ts';

type Refusal = readonly [code: OrderbookClientErrorCode, advice: string, applies: (httpStatus: number) => boolean];

const REFUSALS: readonly Refusal[] = [
  ['AUTH_REJECTED', 'Check the key id, and that the key belongs to this environment.', (status) => status === 401],
  ['ACCESS_DENIED', 'This address or key may not connect.', (status) => status === 403],
  ['RATE_LIMITED', 'There are too many connections or tries.', (status) => status === 429],
  ['EXCHANGE_UNAVAILABLE', 'It may be under maintenance.', (status) => status >= 500],
  ['HANDSHAKE_REJECTED', 'Check the URL.', () => true],
];

/** The error of a handshake that was answered with this HTTP status. */
export function refusal(
  httpStatus: number,
  details: Pick<OrderbookClientErrorDetails, 'exchangeCode' | 'retryAfterMs'> = {},
): OrderbookClientError {
  const [code, advice] = REFUSALS.find(([, , applies]) => applies(httpStatus))!;
  const named = details.exchangeCode === undefined ? '' : ` (${details.exchangeCode})`;
  const text = `The exchange refused the connection with HTTP ${httpStatus}${named}. ${advice}`;
  return new OrderbookClientError(code, text, { httpStatus, ...details });
}
