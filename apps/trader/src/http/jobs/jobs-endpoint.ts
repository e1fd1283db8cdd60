// `/jobs`: what is under way and what became of the latest, so that a page finds again what it, or another one, began.
import { z } from 'zod';
import type { Endpoint } from '../endpoint.ts';
import { nothing } from '../query.ts';
import type { SessionJobs } from './session-jobs.ts';

const body = z.strictObject({
  jobs: z
    .array(
      z.strictObject({
        kind: z.enum(['verify', 'export']),
        session: z.string(),
        state: z.enum(['running', 'done', 'failed', 'canceled']),
        startedAtMs: z.int(),
        endedAtMs: z.int().nullable(),
        done: z.int().describe('Records so far.'),
        of: z.int(),
      }),
    )
    .describe('The one that was begun last first. One runs at most.'),
});

export const jobsEndpoint = (jobs: SessionJobs): Endpoint<z.infer<typeof nothing>, z.infer<typeof body>> => ({
  path: '/jobs',
  summary: 'Jobs of sessions that run or are kept.',
  query: nothing,
  example: null,
  body,
  refusals: [],
  answer: () => ({
    jobs: jobs.list().map(({ kind, session, state, startedAtMs, endedAtMs, records, ofRecords }) => ({
      kind,
      session,
      state,
      startedAtMs,
      endedAtMs,
      done: records,
      of: ofRecords,
    })),
  }),
});
