// The query of `/sessions`.
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

const schema = z.strictObject({
  recorder: z.string().min(1).max(500).optional(),
  status: z.enum(STATUSES, { error: `must be one of ${STATUSES.join(', ')}` }).optional(),
  limit: z.coerce.number({ error: 'must be a number' }).int().min(1).max(1_000).default(100),
});

/** The filter that a query asks for, or why it is none. An unknown name is refused: a misspelt filter would filter nothing. */
export function parseSessionsQuery(query: unknown): { readonly filter: SessionFilter } | { readonly refusal: Refusal } {
  const parsed = schema.safeParse(query);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) =>
      path.length ? `${path.join('.')}: ${message}` : message,
    );
    return { refusal: { code: 'QUERY_INVALID', message: `${lines.join('; ')}. Example: ?status=active&limit=10` } };
  }
  const { recorder, status, limit } = parsed.data;
  return { filter: { limit, ...(recorder !== undefined && { recorder }), ...(status !== undefined && { status }) } };
}
