// The OpenAPI document against what a trader answers, which records the simulator into the embedded database.
import { readFileSync } from 'node:fs';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { z } from 'zod';
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import type { statusShape } from '../src/http/openapi/status-shape.ts';
import type { Status } from '../src/status.ts';
import { startHttpTrader, until } from './http-trader.ts';

type Operation = {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly content: { 'application/json': { schema: object } } }>>;
};
type Document = { readonly openapi: string; readonly paths: Record<string, Record<string, Operation>> };

let running: Awaited<ReturnType<typeof startHttpTrader>>;
let document: Document;
let exports: TemporaryFolder;
beforeAll(async () => {
  exports = temporaryFolder();
  running = await startHttpTrader(undefined, { exportDir: exports.path });
  ({ body: document } = await running.get<Document>('/openapi.json'));
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  exports.remove();
});

/** What to ask each path for, where it needs more than itself. */
function asked(path: string): string {
  const [market] = running.exchange.markets;
  const { id } = running.trader.status().session!;
  const filled = path.replace('{ticker}', market!).replace('{id}', id);
  if (path === '/coverage/sessions') return `${filled}?ids=${id}`;
  if (path === '/coverage') return `${filled}?market=${market!}`;
  return path === '/books/{ticker}/history' ? `${filled}?from=${Date.now() - 3_000}` : filled;
}

test('names every endpoint that the README does', async () => {
  expect(document.openapi).toBe('3.1.0');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const named = [...readme.matchAll(/^\| `(\/[^`?]*)[^`]*` \| (?:yes|no) \|/gm)].map(([, path]) =>
    path!.replace('TICKER', '{ticker}').replace('ID', '{id}'),
  );
  const noJson = ['/', '/metrics', '/ws', '/openapi.json'];
  expect(named).toEqual(expect.arrayContaining(noJson));
  expect(Object.keys(document.paths).toSorted()).toEqual(named.filter((path) => !noJson.includes(path)).toSorted());
});

test('each answer has the shape that it says', async () => {
  const { id } = running.trader.status().session!;
  const headers = { 'x-trader-request': '1', 'content-type': 'application/json' };
  for (const kind of ['verify', 'export']) {
    const begun = await fetch(`${running.base}/sessions/${id}/${kind}`, { method: 'POST', headers, body: '{}' });
    expect(begun.status).toBe(200);
    await until(
      () => running.get<{ state: string }>(`/sessions/${id}/${kind}`),
      ({ body }) => body.state === 'done',
    );
  }
  for (const [path, { get }] of Object.entries(document.paths)) {
    const { status, body } = await running.get(asked(path));
    expect(status, path).toBe(200);
    const { error } = z
      .fromJSONSchema(get!.responses['200']!.content['application/json'].schema as never)
      .safeParse(body);
    expect(error?.issues ?? [], path).toEqual([]);
  }
});

/** What can be read and written: shapes are not `readonly`. */
type Writable<Value> = Value extends object ? { -readonly [Key in keyof Value]: Writable<Value[Key]> } : Value;

test('what the compiler knows of /status is what is described', () => {
  type Described = z.infer<typeof statusShape>;
  const described = (status: Writable<Status>): Described => status;
  expect(described).toBeTypeOf('function');
  expectTypeOf<keyof Described>().toEqualTypeOf<keyof Status>();
});

test('each refusal has the shape and a status that it says', async () => {
  for (const [path, { get }] of Object.entries(document.paths).filter(
    ([path]) => !/^\/(live|ready|standby)z$/.test(path),
  )) {
    const { status, body } = await running.get<{ error: object }>(`${asked(path).split('?')[0]!}?nothing=1`);
    expect([status, Object.keys(body), Object.keys(body.error)], path).toEqual([400, ['error'], ['code', 'message']]);
    expect(Object.keys(get!.responses), path).toContain('400');
  }
});
