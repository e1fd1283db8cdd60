import { expect, test } from 'vitest';
import { defaultExports } from './default-exports.ts';

test('exports lie beside the embedded database, and with a server in the working directory', () => {
  expect(defaultExports({ dataDir: 'data' })).toBe('exports');
  expect(defaultExports({ dataDir: '/var/lib/trader/data' })).toBe('/var/lib/trader/exports');
  expect(defaultExports({ url: 'postgres://127.0.0.1/trader' })).toBe('exports');
});
