// Kalshi's published documents as checks, where they are. They lie outside the repository, beside the captures.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capturesFolder } from '@trader/testkit';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';

export interface PublishedSchema {
  readonly missing: boolean;
  title(name: string): string;
  /** The whole document, as it is. */
  document(): Readonly<Record<string, unknown>>;
  /** What is wrong with a value, `path problem` each; nothing when it is as published. */
  problems(schema: string, value: unknown): readonly string[];
}

const formats: Record<string, RegExp | true> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  int64: true,
  double: true,
};

export function publishedSchema(file: string): PublishedSchema {
  const path = join(capturesFolder, '..', 'spec', file);
  const missing = !existsSync(path);
  const compiled = new Map<string, ValidateFunction>();
  let ajv: Ajv | undefined;
  // The core schema of YAML 1.2: `yes` and `no` are text.
  const read = () => parse(readFileSync(path, 'utf8'), { version: '1.2' }) as Record<string, unknown>;
  const load = (): Ajv => {
    const document = read();
    const loaded = new Ajv({ strict: false, allErrors: true, formats });
    return loaded.addSchema(closed(document) as object, 'published');
  };
  return {
    missing,
    document: read,
    title: (name) => (missing ? `${name} (skipped: no published specification here)` : name),
    problems: (schema, value) => {
      ajv ??= load();
      const known = compiled.get(schema) ?? ajv.compile({ $ref: `published#/components/schemas/${schema}` });
      compiled.set(schema, known);
      if (known(value)) return [];
      return (known.errors ?? []).map(({ instancePath, message, params }) => {
        const extra = (params as { additionalProperty?: string }).additionalProperty;
        return `${instancePath}${extra === undefined ? ` ${message}` : `/${extra} is not in the schema`}`;
      });
    },
  };
}

/** The documents let any field pass; here a field that they do not name is a finding. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  // OpenAPI 3.0 has `nullable` beside a reference, where JSON Schema has no meaning for it; nothing here is null.
  if (!('type' in copy)) delete copy['nullable'];
  const isObject = copy['type'] === 'object' && typeof copy['properties'] === 'object';
  const isCombined = 'allOf' in copy || 'oneOf' in copy || 'anyOf' in copy;
  if (isObject && !isCombined && !('additionalProperties' in copy)) copy['additionalProperties'] = false;
  return copy;
}
