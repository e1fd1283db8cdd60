// `/openapi.json`: every endpoint that answers JSON, made of what the routes themselves have.
import { z } from 'zod';
import type { Endpoint } from '../endpoint.ts';
import { statusOf, type RefusalCode } from '../refusal.ts';
import { versions } from '../../versions.ts';

export type Described = Pick<Endpoint, 'method' | 'path' | 'summary' | 'refusals' | 'sent'> & {
  readonly query: z.ZodType;
  readonly body: z.ZodType;
};

/** Whatever is asked may be refused with these. */
const ALWAYS: readonly RefusalCode[] = [
  'QUERY_INVALID',
  'TOKEN_REQUIRED',
  'ORIGIN_REFUSED',
  'INTERNAL',
  'SHUTTING_DOWN',
];

type JsonSchema = Readonly<Record<string, unknown>>;

export const openApi = (endpoints: readonly Described[]): JsonSchema => ({
  openapi: '3.1.0',
  info: { title: 'trader', version: versions.trader, description: 'Times are ms since the epoch.' },
  paths: Object.fromEntries(
    [...Map.groupBy(endpoints, ({ path }) => path)].map(([path, all]) => [
      path.replace(/:(\w+)/g, '{$1}'),
      Object.fromEntries(all.map((endpoint) => [(endpoint.method ?? 'GET').toLowerCase(), operation(endpoint)])),
    ]),
  ),
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Error: schemaOf(z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) }), 'output'),
    },
  },
  security: [{}, { token: [] }],
});

function operation({ method = 'GET', path, summary, query, body, sent, refusals }: Described): JsonSchema {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  const own =
    method === 'GET' ? [] : [{ name: 'X-Trader-Request', in: 'header', required: true, schema: { const: '1' } }];
  const statuses = Map.groupBy([...ALWAYS, ...refusals], (code) => String(statusOf({ code })));
  return {
    summary,
    parameters: [
      ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...Object.entries(properties).map(([name, schema]) => ({
        name,
        in: 'query',
        required: required.includes(name),
        schema,
      })),
      ...own,
    ],
    ...(method === 'POST' && {
      requestBody: { required: true, content: json(sent ? schemaOf(sent, 'input') : { type: 'object' }) },
    }),
    responses: {
      '200': { description: 'The answer.', content: json(schemaOf(body, 'output')) },
      ...Object.fromEntries(
        [...statuses].map(([status, codes]) => [
          status,
          { description: codes.join(', '), content: json({ $ref: '#/components/schemas/Error' }) },
        ]),
      ),
    },
  };
}

const json = (schema: JsonSchema): JsonSchema => ({ 'application/json': { schema } });

function schemaOf(type: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
  return schema;
}
