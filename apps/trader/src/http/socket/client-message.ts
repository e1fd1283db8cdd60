// What a socket's client may ask for.
import { z } from 'zod';

/** Longest message that is read, in bytes; a longer one costs the connection. */
export const MAX_MESSAGE_BYTES = 4_096;
/** Books that one client may follow. */
export const MAX_BOOKS = 500;

const MAX_TICKER = 100;

/** Books of which one client may follow all levels. */
export const MAX_LEVELS = 8;

const tickers = (most: number) => z.array(z.string().min(1).max(MAX_TICKER)).min(1).max(most).optional();

const followed = z
  .strictObject({ books: tickers(MAX_BOOKS), levels: tickers(MAX_BOOKS) })
  .refine(({ books, levels }) => books !== undefined || levels !== undefined);

const schema = z.union([z.strictObject({ subscribe: followed }), z.strictObject({ unsubscribe: followed })]);

export type ClientMessage = z.infer<typeof schema>;

type ClientMessageErrorCode =
  | 'MESSAGE_INVALID'
  | 'MESSAGE_UNKNOWN'
  | 'BOOK_UNKNOWN'
  | 'TOO_MANY_BOOKS'
  | 'TOO_MANY_LEVELS';

export type ClientMessageError = { readonly code: ClientMessageErrorCode; readonly message: string };

const EXAMPLE = '{"subscribe":{"books":["KXHIGHNY-26NOV22-T40"]}}';

/** The message, or why it is none. What the client sent is not repeated. */
export function parseClientMessage(text: string): { readonly message: ClientMessage } | { error: ClientMessageError } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: { code: 'MESSAGE_INVALID', message: `Messages are JSON. Example: ${EXAMPLE}` } };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { message: parsed.data };
  const message = `There are subscribe and unsubscribe, of books or levels, with 1 to ${MAX_BOOKS} tickers of 1 to ${MAX_TICKER} characters. Example: ${EXAMPLE}`;
  return { error: { code: 'MESSAGE_UNKNOWN', message } };
}
