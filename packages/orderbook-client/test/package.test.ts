import { fileURLToPath } from 'node:url';
import { requireUnderEachNode } from '@trader/testkit';
import { expect, test } from 'vitest';

test('the built package can be required under every supported Node that is here', async () => {
  const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const exportsByVersion = await requireUnderEachNode(built);
  expect(Object.keys(exportsByVersion)).toContain(process.version);
  for (const names of Object.values(exportsByVersion)) {
    expect(names).toEqual([
      'ONE_DOLLAR',
      'OrderbookClientError',
      'createOrderbookClient',
      'createSigner',
      'formatPrice',
      'formatSize',
      'parsePrice',
      'parseSize',
    ]);
  }
});
