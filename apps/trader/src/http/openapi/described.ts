// The endpoints that are older than the form of the others (`endpoint.ts`), as the OpenAPI document describes them.
import { z } from 'zod';
import { nothing, sessionsQuery } from '../query.ts';
import type { Described } from './openapi.ts';
import { statusShape, unreadable } from './status-shape.ts';

const level = z.tuple([z.string(), z.string()]).describe('Dollars and contracts, in exact decimal text.');
const time = z.int().nullable();
const count = z.int();

const summary = z.strictObject({
  market: z.string(),
  synced: z.boolean().describe('Only then is it right.'),
  staleReason: z.string().nullable(),
  ageMs: time,
  changesPerSecond: z.number(),
  yesBid: level.nullable(),
  yesAsk: level.nullable(),
  yesDepth: count,
  noDepth: count,
  yesContracts: z.string().describe('The sum of all bids, in exact decimal text.'),
  noContracts: z.string(),
  repair: z
    .strictObject({
      step: z.enum(['subscribe', 'verify', 'snapshot', 'out-and-in', 'new-sid', 'new-connection']),
      number: count.nullable().describe('Of the repair step, 0 to 3; null for what repairs nothing.'),
      attempts: count.describe('This one included.'),
      nextTryInMs: time.describe('At the earliest; null: the question has not left yet.'),
    })
    .nullable()
    .describe('What is under way to get the book right.'),
});

const session = z.strictObject({
  id: z.string(),
  recorder: z.string(),
  status: z.enum(['active', 'closed', 'health_failure', 'reclaimed', 'error']),
  startedAtMs: z.int(),
  endedAtMs: time,
  endReason: z.string().nullable(),
  continues: z.string().nullable(),
  lastRecordAtMs: time,
  messages: count,
  snapshots: count,
  deltas: count,
  trades: count,
  raw: count,
  facts: count,
  gaps: count,
  shed: count,
});

const readiness = z.strictObject({
  ready: z.boolean(),
  state: z.string(),
  causes: z.array(z.strictObject({ component: z.string(), status: z.string(), reason: z.string().nullable() })),
});

const plain = { query: nothing, refusals: [] } as const;

export const DESCRIBED: readonly Described[] = [
  {
    path: '/livez',
    summary: 'The event loop turns; 503: it does not. Needs no token.',
    ...plain,
    body: z.strictObject({ live: z.boolean(), uptimeMs: z.int() }),
  },
  { path: '/readyz', summary: '200 in the state ready, else 503. Needs no token.', ...plain, body: readiness },
  { path: '/standbyz', summary: 'As /readyz, and 200 in standby too. Needs no token.', ...plain, body: readiness },
  { path: '/status', summary: 'What the trader does, since when and why.', ...plain, body: statusShape },
  {
    path: '/sessions',
    summary: 'Sessions, newest first.',
    query: sessionsQuery,
    refusals: ['STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS'],
    body: z.strictObject({ sessions: z.array(session) }),
  },
  {
    path: '/books',
    summary: 'The top of each book.',
    ...plain,
    body: z.strictObject({ books: z.array(summary), unreadable }),
  },
  {
    path: '/books/:ticker',
    summary: 'A book with all its levels, best first.',
    query: nothing,
    refusals: ['BOOK_UNKNOWN'],
    body: z.strictObject({ ...summary.shape, yes: z.array(level), no: z.array(level) }),
  },
];
