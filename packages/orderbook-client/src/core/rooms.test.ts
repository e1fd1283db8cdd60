import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const core = fileURLToPath(new URL('.', import.meta.url));

/** Which rooms of `core/` a room's files import from, beside their own. */
function importedBy(room: string): string[] {
  const sources = globSync(`${room}/*.ts`, { cwd: core }).filter((path) => !path.endsWith('.test.ts'));
  expect(sources.length).toBeGreaterThan(2);
  const rooms = sources.flatMap((path) => {
    const imports = readFileSync(`${core}${path}`, 'utf8').matchAll(/ from '\.\.\/([a-z]+)\//g);
    return [...imports].map(([, imported]) => imported!);
  });
  return [...new Set(rooms)].toSorted();
}

test.each([
  ['price', []],
  ['book', ['price']],
  ['decode', ['price']],
])('core/%s imports from no room above it', (room, below) => {
  expect(importedBy(room)).toEqual(below);
});
