import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readRooms } from './rooms.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A package whose files import what is written here, read with its rooms in the order `below`, `above`. */
function read(files: Readonly<Record<string, readonly string[]>>) {
  using folder = temporaryFolder();
  for (const [file, imports] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, file)), { recursive: true });
    writeFileSync(join(folder.path, file), imports.map((path) => `import type { A } from '${path}';\n`).join(''));
  }
  return readRooms(folder.path, ['below', 'above']);
}

const clean = { rooms: ['above', 'below'], back: [], inCircles: [], doubledNames: [] };

test('rooms that are passed in one order are in order, whatever tests and loose files import', () => {
  expect(
    read({
      'index.ts': ['./core/above/a.ts'],
      'core/index.ts': [],
      'core/loose.ts': ['./above/a.ts'],
      'core/above/a.ts': ['../below/b.ts'],
      'core/below/b.ts': ['./c.ts'],
      'core/below/c.ts': [],
      'core/below/c.test.ts': ['../above/a.ts'],
    }),
  ).toEqual(clean);
});

test('an import that looks back, a circle of three and a name that is there twice are named', () => {
  expect(
    read({
      'core/above/a.ts': ['../below/b.ts'],
      'core/below/b.ts': ['./c.ts'],
      'core/below/c.ts': ['../above/a.ts'],
      'core/above/c.ts': [],
    }),
  ).toEqual({
    ...clean,
    back: ['core/below/c.ts imports core/above/a.ts'],
    inCircles: ['core/above/a.ts', 'core/below/b.ts', 'core/below/c.ts'],
    doubledNames: ['c.ts'],
  });
});
