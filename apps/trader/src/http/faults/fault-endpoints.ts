// `/faults`: which faults there are, which are on, what came of them, and one more.
import { z } from 'zod';
import { Refused, type Endpoint } from '../endpoint.ts';
import { nothing } from '../query.ts';
import { FAULT_GROUPS, FAULT_NAMES, NAMED_FAULTS, type NamedFault } from './fault-names.ts';
import type { SimulatedFaults } from './simulated-faults.ts';

const MAX_MS = 120_000;

const sent = z
  .strictObject({
    name: z.enum(FAULT_NAMES),
    connection: z.int().min(1).max(1_000_000_000).optional().describe('Number of its handshake; all, if left out.'),
    fromMs: z.int().min(0).max(MAX_MS).optional().describe('Begins so much later. At once, if left out.'),
    untilMs: z.int().min(1).max(MAX_MS).optional().describe('Ends so much later than now, at the latest.'),
  })
  .refine(({ fromMs = 0, untilMs = Infinity }) => fromMs < untilMs, { message: 'fromMs must be before untilMs' })
  .refine(({ name, connection }) => connection === undefined || NAMED_FAULTS[name].group !== 'exchange', {
    message: 'a fault of the exchange is of no connection',
  });

const time = z.int().nullable();
const name = z.enum(FAULT_NAMES);

const body = z.strictObject({
  groups: z.array(z.enum(FAULT_GROUPS)),
  names: z.array(
    z.strictObject({
      name,
      kind: z.string(),
      group: z.enum(FAULT_GROUPS),
      what: z.string(),
      untilMs: z.int().describe('When it ends unless you say otherwise.'),
      takesConnection: z.boolean().describe('It can be of one connection that is open.'),
    }),
  ),
  connections: z
    .array(z.int())
    .describe('Those that the simulator has open, by what "connection" is sent as, the newest last.'),
  faults: z
    .array(z.strictObject({ id: z.string(), kind: z.string(), state: z.string(), hits: z.int() }))
    .describe('That the simulator has.'),
  injected: z
    .array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        kind: z.string(),
        connection: z.int().nullable(),
        state: z.string(),
        hits: z.int().nullable().describe('How often it was done; null: no longer known.'),
        injectedAtMs: z.int(),
        beginsAtMs: z.int(),
        endsAtMs: z.int().describe('At the latest.'),
        noticedAtMs: time.describe('The first gap, stale book, unreadable frame or problem that the feed reported.'),
        noticedBy: z.string().nullable(),
        healedAtMs: time.describe('All books were right again, and the trader ready.'),
        namedAs: z
          .string()
          .nullable()
          .describe('Its cause in the ledger, else what noticed it; "passed over": nothing was missed so far.'),
      }),
    )
    .describe('The latest 200, the newest first.'),
});

type Body = z.infer<typeof body>;

export function faultEndpoints(faults: SimulatedFaults): readonly Endpoint<z.infer<typeof nothing>, Body>[] {
  const common = { path: '/faults', query: nothing, example: null, body } as const;
  const told = (): Body => ({
    connections: [...faults.connections()],
    faults: faults.list(),
    injected: faults.outcomes(),
    groups: [...FAULT_GROUPS],
    names: FAULT_NAMES.map((of) => {
      const named: NamedFault = NAMED_FAULTS[of];
      const { group, what, untilMs, fault } = named;
      // What waits for a handshake is of none that is open.
      const takesConnection = group !== 'exchange' && !named.withCut;
      return { name: of, kind: fault.kind, group, what, untilMs, takesConnection };
    }),
  });
  return [
    {
      ...common,
      summary: 'Faults of the simulator, and what came of them.',
      refusals: ['FAULTS_UNAVAILABLE'],
      answer: told,
    },
    {
      ...common,
      method: 'POST',
      summary: 'Injects a fault by name.',
      sent,
      refusals: ['FAULTS_UNAVAILABLE', 'FAULT_NOT_POSSIBLE', 'TOO_MANY_FAULTS', 'BODY_INVALID', 'CHANGE_REFUSED'],
      answer: (asked) => {
        const before = told();
        const { data, error } = sent.safeParse(asked.sent);
        if (!data) {
          const wrong = [...new Set(error.issues.map(({ path, message }) => [...path, message].join(': ')))].join('; ');
          const message = `Send {"name": one of ${before.names.map(({ name: of }) => of).join(', ')}}, and if you like "connection", "fromMs" and "untilMs" up to ${MAX_MS}. ${wrong}`;
          throw new Refused({ code: 'BODY_INVALID', message });
        }
        faults.inject(data);
        return told();
      },
    },
    {
      ...common,
      method: 'DELETE',
      summary: 'Ends all faults.',
      refusals: ['FAULTS_UNAVAILABLE', 'CHANGE_REFUSED'],
      answer: () => {
        faults.clear();
        return told();
      },
    },
  ];
}
