import { fileURLToPath } from 'node:url';
import { requireUnderEachNode } from '@trader/testkit';
import { expect, it } from 'vitest';

it('the built package can be required under every supported Node, and exports these names', async () => {
  const exportsByVersion = await requireUnderEachNode(fileURLToPath(new URL('../dist/index.js', import.meta.url)));
  expect(Object.keys(exportsByVersion).length).toBeGreaterThan(0);
  for (const names of Object.values(exportsByVersion))
    expect(names).toEqual(['ExchangeError', 'createExchange', 'parseFaultScript']);
});
