// `/sessions/ID/verify` and `/sessions/ID/export`: begin the job, tell how far it is, end it.
import { z } from 'zod';
import { Refused, type AnyEndpoint } from '../endpoint.ts';
import { nothing, session as sessionId } from '../query.ts';
import type { RefusalCode } from '../refusal.ts';
import type { JobKind, SessionJobs } from './session-jobs.ts';

const problem = z.looseObject({ message: z.string() });

const shape = <Result extends z.ZodType>(result: Result) =>
  z.strictObject({
    session: z.string(),
    state: z.enum(['running', 'done', 'failed', 'canceled']),
    startedAtMs: z.int(),
    endedAtMs: z.int().nullable(),
    records: z.int().describe('Looked at so far.'),
    ofRecords: z.int(),
    result: result.nullable(),
    failure: z.string().nullable().describe('A code.'),
  });

const verified = shape(
  z.strictObject({
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
  }),
);

const exported = shape(
  z.strictObject({
    folder: z.string().describe("On the trader's machine."),
    files: z.array(z.strictObject({ what: z.string(), file: z.string(), rows: z.int() })),
    coverageFile: z.string(),
    damaged: z.int().describe('Parts of the session that could not be read, and are left out.'),
  }),
);

export const jobEndpoints = (jobs: SessionJobs): readonly AnyEndpoint[] => [
  ...endpointsOf(jobs, 'verify', verified, {
    get: 'How far the verification of a session is, and what it found.',
    post: 'Begins to verify a session.',
    delete: 'Ends the verification of a session.',
  }),
  ...endpointsOf(
    jobs,
    'export',
    exported,
    {
      get: 'How far the export of a session is, and where its files are.',
      post: "Begins to export a session to Parquet files, in a folder that the trader's settings name.",
      delete: 'Ends the export of a session, of which nothing is left then.',
    },
    ['EXPORT_UNAVAILABLE'],
  ),
];

type Summaries = Readonly<Record<'get' | 'post' | 'delete', string>>;

function endpointsOf(
  jobs: SessionJobs,
  kind: JobKind,
  body: z.ZodType,
  summaries: Summaries,
  refusals: readonly RefusalCode[] = [],
): readonly AnyEndpoint[] {
  const common = { path: `/sessions/:id/${kind}`, query: nothing, example: null, body } as const;
  const idIn = (params: Readonly<Record<string, string>>): string => {
    const { data } = sessionId.safeParse(params['id']);
    if (data !== undefined) return data;
    throw new Refused({ code: 'SESSION_UNKNOWN', message: 'This is no id of a session. /sessions lists them.' });
  };
  const told = (job: ReturnType<SessionJobs['get']>): object => {
    const { kind: _, ...rest } = job;
    return structuredClone(rest);
  };
  return [
    {
      ...common,
      summary: summaries.get,
      refusals: ['SESSION_UNKNOWN', 'JOB_UNKNOWN'],
      answer: ({ params }) => told(jobs.get(kind, idIn(params))),
    },
    {
      ...common,
      method: 'POST',
      summary: summaries.post,
      refusals: [
        'SESSION_UNKNOWN',
        'JOB_UNDER_WAY',
        'CHANGE_REFUSED',
        'STORE_UNAVAILABLE',
        'TOO_MANY_REQUESTS',
        ...refusals,
      ],
      answer: async ({ params }) => told(await jobs.start(kind, idIn(params))),
    },
    {
      ...common,
      method: 'DELETE',
      summary: summaries.delete,
      refusals: ['SESSION_UNKNOWN', 'JOB_UNKNOWN', 'CHANGE_REFUSED'],
      answer: ({ params }) => told(jobs.cancel(kind, idIn(params))),
    },
  ];
}
