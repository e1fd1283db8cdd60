// The dashboard knows the trader by types that are made of its OpenAPI document. "pnpm generate" makes the file anew.
import openapiTS, { astToString } from 'openapi-typescript';
import { expect, test } from 'vitest';
import { get } from './http-trader.ts';
import { serveView } from './http-view.ts';

const HEADER = '// Made of /openapi.json by openapi-typescript: "pnpm generate" in apps/dashboard makes it anew.\n\n';

test("the dashboard's types are those of the OpenAPI document", async () => {
  await using served = await serveView();
  const { body } = await get<object>(`${served.base}/openapi.json`);
  const types = astToString(await openapiTS(JSON.stringify(body), { alphabetize: false }));
  await expect(HEADER + types).toMatchFileSnapshot('../../dashboard/src/live/api.ts');
});
