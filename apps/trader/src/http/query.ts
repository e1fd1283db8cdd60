// What may stand behind the `?` of each endpoint. An unknown name is refused: a misspelt filter would filter nothing.
import { parse } from 'node:querystring';
import type { SessionFilter, SessionStatus } from '@trader/session-store';
import { z } from 'zod';
import type { Refusal } from './refusal.ts';

const STATUSES = [
  'active',
  'closed',
  'health_failure',
  'reclaimed',
  'error',
] as const satisfies readonly SessionStatus[];

const RECORDER = 'must be a name of 1 to 500 characters, none of them a control character';

/** How many of a list are wanted. */
export function limit(most = 1_000) {
  const text = `must be a whole number from 1 to ${most}`;
  return z
    .string(text)
    .regex(/^[0-9]{1,4}$/, text)
    .transform(Number)
    .pipe(z.number().min(1, text).max(most, text));
}

export const sessionsQuery = z.strictObject({
  // PostgreSQL has no text with a NUL in it.
  recorder: z
    .string(RECORDER)
    .regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, RECORDER)
    .optional(),
  status: z.enum(STATUSES, `must be one of ${STATUSES.join(', ')}`).optional(),
  limit: limit().default(100),
});

const socket = z.strictObject({ since: z.string('must be the id of one event').optional() });

const TIME = 'must be a time in ms since the epoch';
const LAST_TIME_MS = Date.UTC(9_999, 11, 31);

/** A time of the wall clock. */
export const timeMs = z
  .string(TIME)
  .regex(/^[0-9]{1,15}$/, TIME)
  .transform(Number)
  .pipe(z.number().max(LAST_TIME_MS, TIME));

/** A whole number, of these alone. */
export const oneOfNumbers = (numbers: readonly number[]) =>
  z.enum(numbers.map(String), `must be one of ${numbers.join(', ')}`).transform(Number);

const MARKET = 'must be a ticker of 1 to 500 characters, none of them a control character';
const SESSION = 'must be the id of a session';

export const market = z.string(MARKET).regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, MARKET);

export const session = z.guid(SESSION);

/** Refuses a span that ends before it begins. */
export const checkSpan = <Query extends { readonly from?: number | undefined; readonly to?: number | undefined }>(
  schema: z.ZodType<Query>,
) => schema.refine(({ from = 0, to = Infinity }) => from < to, { path: ['from'], message: 'must be earlier than to' });

/** Of an endpoint that takes none. */
export const nothing = z.strictObject({});

type Parsed<Value> = { readonly value: Value } | { readonly refusal: Refusal };

export const parseSessionsQuery = (url: string | undefined): Parsed<SessionFilter> =>
  parseQuery(sessionsQuery, url, 'status=active&limit=10') as Parsed<SessionFilter>;

export const parseSocketQuery = (url: string | undefined): Parsed<z.infer<typeof socket>> =>
  parseQuery(socket, url, 'since=m9x2k1-17');

/** Of an endpoint that takes none. */
export const refuseQuery = (url: string | undefined): Refusal | null => {
  const parsed = parseQuery(nothing, url, null);
  return 'refusal' in parsed ? parsed.refusal : null;
};

export function parseQuery<Value>(schema: z.ZodType<Value>, url = '', example: string | null): Parsed<Value> {
  const start = url.indexOf('?');
  const parsed = schema.safeParse(start === -1 ? {} : { ...parse(url.slice(start + 1)) });
  if (parsed.success) return { value: parsed.data };
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const lines = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys' ? unknown(issue.keys, known) : `${issue.path.join('.')} ${issue.message}`,
  );
  const text = `${lines.join('; ')}.${example === null ? '' : ` Example: ?${example}`}`;
  return { refusal: { code: 'QUERY_INVALID', message: text } };
}

function unknown([key = '']: readonly string[], known: readonly string[]): string {
  const name = key.length > 40 ? 'parameter of this name' : JSON.stringify(key);
  return `there is no ${name}; ${known.length === 0 ? 'nothing may be asked here' : `known: ${known.join(', ')}`}`;
}
