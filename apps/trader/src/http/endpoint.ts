// One endpoint: what may be asked there, what is answered, and the work between. Whoever cannot answer throws `Refused`.
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { parseQuery } from './query.ts';
import type { Refusal, RefusalCode } from './refusal.ts';

export type Endpoint<Query = unknown, Body = unknown> = {
  /** Those that change something are told from the others at the door: see `changing.ts`. @default 'GET' */
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** As Fastify writes it: `/books/:ticker`. */
  readonly path: string;
  /** What it is for, in a few words. */
  readonly summary: string;
  readonly query: z.ZodType<Query>;
  /** A query that is right, for those whose query is not; `null` where nothing may be asked. */
  readonly example: string | null;
  /** The shape of what `answer` gives. Answers are not checked against it while they are sent; tests do that. */
  readonly body: z.ZodType<Body>;
  /** What a POST takes, in JSON. @default an object of which nothing is read */
  readonly sent?: z.ZodType;
  /** Refusals beside those that every endpoint has. */
  readonly refusals: readonly RefusalCode[];
  /** @throws {Refused} */
  readonly answer: (asked: Asked<Query>) => Body | Promise<Body>;
};

/** One of whatever query and answer: what it is asked is what its own query has let through. */
// oxlint-disable-next-line typescript/no-explicit-any -- a function of one query is none of another.
export type AnyEndpoint = Endpoint<any, any>;

/** `sent`: the JSON in the body of a POST. */
type Asked<Query> = {
  readonly query: Query;
  readonly params: Readonly<Record<string, string>>;
  readonly sent: unknown;
};

/** Why there is no answer. It is told as it is. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function defineEndpoint<Query, Body>(
  server: FastifyInstance,
  { method = 'GET', path, query, example, answer }: Endpoint<Query, Body>,
): void {
  server.route<{ Params: Record<string, string> }>({
    method,
    url: path,
    handler: async ({ raw, params, body }) => {
      const parsed = parseQuery(query, raw.url, example);
      if ('refusal' in parsed) throw new Refused(parsed.refusal);
      return answer({ query: parsed.value, params, sent: body });
    },
  });
}
