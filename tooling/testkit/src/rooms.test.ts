import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readRooms } from './rooms.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A package whose files import what is written here, read with its rooms in the order `below`, `above`. */
function read(files: Readonly<Record<string, readonly string[]>>, home?: 'core' | 'src') {
  using folder = temporaryFolder();
  for (const [file, imports] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, file)), { recursive: true });
    writeFileSync(join(folder.path, file), imports.map((path) => `import type { A } from '${path}';\n`).join(''));
  }
  return readRooms(folder.path, ['below', 'above'], home);
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

test('the folders right below src may be the rooms, whatever folders those have', () => {
  const files = {
    'index.ts': ['./above/a.ts'],
    'above/inner/c.ts': ['../../below/b.ts', '../a.ts'],
    'above/a.ts': [],
    'below/b.ts': [],
  };
  expect(read(files, 'src')).toEqual(clean);
  expect(read({ ...files, 'below/inner/d.ts': ['../../above/inner/c.ts'] }, 'src')).toEqual({
    ...clean,
    back: ['below/inner/d.ts imports above/inner/c.ts'],
  });
});

test.each([
  ['core', 'core/'],
  ['src', ''],
] as const)('an import by way of files of no room looks back too: rooms in %s', (home, at) => {
  const files = {
    [`${at}below/a.ts`]: ['../loose.ts'],
    [`${at}loose.ts`]: ['./looser.ts', './below/b.ts'],
    [`${at}looser.ts`]: ['./loose.ts', './above/c.ts'],
    [`${at}above/c.ts`]: ['./d.ts'],
    [`${at}above/d.ts`]: [],
    [`${at}below/b.ts`]: [],
  };
  expect(read(files, home)).toEqual({
    ...clean,
    back: [`${at}below/a.ts imports ${at}above/c.ts by way of ${at}looser.ts`],
    inCircles: [`${at}loose.ts`, `${at}looser.ts`],
  });
});
