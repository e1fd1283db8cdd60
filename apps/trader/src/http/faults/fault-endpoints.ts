// `/faults`: which faults there are, which are on, and one more.
import { z } from 'zod';
import { Refused, type Endpoint } from '../endpoint.ts';
import { nothing } from '../query.ts';
import { FAULT_NAMES, SIMULATED_FAULTS, type SimulatedFaults } from './simulated-faults.ts';

const sent = z.strictObject({ name: z.enum(FAULT_NAMES) });

const body = z.strictObject({
  names: z.array(z.strictObject({ name: z.enum(FAULT_NAMES), what: z.string() })),
  faults: z.array(z.strictObject({ id: z.string(), kind: z.string(), state: z.string(), hits: z.int() })),
});

type Body = z.infer<typeof body>;

export function faultEndpoints(faults: SimulatedFaults): readonly Endpoint<z.infer<typeof nothing>, Body>[] {
  const common = { path: '/faults', query: nothing, example: null, body } as const;
  const told = (): Body => ({
    faults: faults.list(),
    names: FAULT_NAMES.map((name) => ({ name, what: SIMULATED_FAULTS[name].what })),
  });
  return [
    { ...common, summary: 'Faults of the simulator.', refusals: ['FAULTS_UNAVAILABLE'], answer: told },
    {
      ...common,
      method: 'POST',
      summary: 'Injects a fault by name.',
      sent,
      refusals: ['FAULTS_UNAVAILABLE', 'TOO_MANY_FAULTS', 'BODY_INVALID', 'CHANGE_REFUSED'],
      answer: (asked) => {
        const before = told();
        const { data } = sent.safeParse(asked.sent);
        if (!data) {
          const message = `Send {"name": one of ${before.names.map(({ name }) => name).join(', ')}}.`;
          throw new Refused({ code: 'BODY_INVALID', message });
        }
        faults.inject(data.name);
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
