// `/sessions/ID/verify`: begins the job, tells how far it is, ends it.
import { z } from 'zod';
import { Refused, type Endpoint } from '../endpoint.ts';
import { nothing, session as sessionId } from '../query.ts';
import type { VerifyJobs } from './verify-jobs.ts';

const problem = z.looseObject({ message: z.string() });

const body = z.strictObject({
  session: z.string(),
  state: z.enum(['running', 'done', 'failed', 'canceled']),
  startedAtMs: z.int(),
  endedAtMs: z.int().nullable(),
  records: z.int().describe('Looked at so far.'),
  ofRecords: z.int(),
  result: z
    .strictObject({
      ok: z.boolean(),
      laws: z.array(
        z.strictObject({
          law: z.string(),
          ok: z.boolean(),
          checked: z.int(),
          problemCount: z.int(),
          problems: z.array(problem).describe('The first 20.'),
        }),
      ),
      numbers: z.strictObject({ expected: z.int(), missing: z.int() }),
      markets: z.int(),
    })
    .nullable(),
  failure: z.string().nullable().describe('A code.'),
});

type Body = z.infer<typeof body>;

export function verifyEndpoints(jobs: VerifyJobs): readonly Endpoint<z.infer<typeof nothing>, Body>[] {
  const common = { path: '/sessions/:id/verify', query: nothing, example: null, body } as const;
  const idIn = (params: Readonly<Record<string, string>>): string => {
    const { data } = sessionId.safeParse(params['id']);
    if (data !== undefined) return data;
    throw new Refused({ code: 'SESSION_UNKNOWN', message: 'This is no id of a session. /sessions lists them.' });
  };
  const copy = (job: ReturnType<VerifyJobs['get']>): Body => structuredClone(job) as Body;
  return [
    {
      ...common,
      summary: 'How far the verification of a session is, and what it found.',
      refusals: ['SESSION_UNKNOWN', 'JOB_UNKNOWN'],
      answer: ({ params }) => copy(jobs.get(idIn(params))),
    },
    {
      ...common,
      method: 'POST',
      summary: 'Begins to verify a session.',
      refusals: ['SESSION_UNKNOWN', 'JOB_UNDER_WAY', 'CHANGE_REFUSED', 'STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS'],
      answer: async ({ params }) => copy(await jobs.start(idIn(params))),
    },
    {
      ...common,
      method: 'DELETE',
      summary: 'Ends the verification of a session.',
      refusals: ['SESSION_UNKNOWN', 'JOB_UNKNOWN', 'CHANGE_REFUSED'],
      answer: ({ params }) => copy(jobs.cancel(idIn(params))),
    },
  ];
}
