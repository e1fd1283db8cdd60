// `/timeline`: spans by lane, as many as a picture has room for.
import { z } from 'zod';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { Endpoint } from '../endpoint.ts';
import { checkSpan, timeMs } from '../query.ts';
import type { Timeline } from './timeline.ts';

const DAY_MS = 86_400_000;

const query = checkSpan(z.strictObject({ from: timeMs.optional(), to: timeMs.optional() }));

const span = z.strictObject({
  lane: z.string().describe('state, session, gap, or a component of health (feed, store, reading, …).'),
  name: z.string().describe("The state, the session's status, the cause of the hole, the component's health."),
  fromMs: z.int(),
  toMs: z.int().nullable().describe('null: it goes on.'),
  why: z.string().nullable(),
  session: z.string().nullable(),
  count: z.int().describe('Of how many it is made; name, why and session are those of the worst.'),
});

const body = z.strictObject({
  fromMs: z.int(),
  toMs: z.int(),
  sinceMs: z.int().describe('Since then states and health are known: when this process began.'),
  spans: z.array(span),
  sessionsLeftOut: z.int().describe('Sessions that are too many, the oldest; their holes are left out too.'),
  holesLeftOut: z.int().describe('Holes that are too many, the oldest.'),
  databaseMissing: z.string().nullable().describe('Why sessions and holes are missing.'),
});

export const timelineEndpoint = (timeline: Timeline): Endpoint<z.infer<typeof query>, z.infer<typeof body>> => ({
  path: '/timeline',
  summary: 'What happened when: states, health, sessions and holes.',
  query,
  example: 'from=1790000000000&to=1790003600000',
  body,
  refusals: ['TOO_MANY_REQUESTS'],
  answer: async ({ query: { from, to } }) => {
    // What began in this very ms is in it.
    const toMs = to ?? Math.max(systemRuntime.nowMs(), from ?? 0) + 1;
    const fromMs = from ?? Math.max(toMs - DAY_MS, 0);
    const { spans, ...page } = await timeline.read({ fromMs, toMs });
    return { fromMs, toMs, ...page, spans: [...spans] };
  },
});
