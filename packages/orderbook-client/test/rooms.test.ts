// The plan of the house: which room may import which, that no two files import each other, and that a name is found once.
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../src/', import.meta.url));

/** Each room may import those before it. */
const rooms = ['price', 'decode', 'book', 'state', 'upkeep', 'feed'];

const files = globSync('**/*.ts', { cwd: source })
  .filter((file) => !file.endsWith('.test.ts'))
  .toSorted();

const importsOf = new Map(
  files.map((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    const paths = [...text.matchAll(/ from '(\.[^']+)'/g)].map(([, path = '']) => path);
    return [file, paths.map((path) => normalize(join(dirname(file), path)))];
  }),
);

const roomOf = (file: string): number => rooms.indexOf(/^core\/([^/]+)\//.exec(file)?.[1] ?? '');

/** Files from which a way of imports, types included, leads back to them. */
function filesInCircles(): string[] {
  const reached = (from: string): Set<string> => {
    const seen = new Set<string>();
    const waiting = [...(importsOf.get(from) ?? [])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(importsOf.get(next) ?? []));
    }
    return seen;
  };
  return files.filter((file) => reached(file).has(file));
}

describe('the rooms', () => {
  test('are those of the plan', () => {
    const found = new Set(files.flatMap((file) => /^core\/([^/]+)\//.exec(file)?.[1] ?? []));
    expect([...found].toSorted()).toEqual(rooms.toSorted());
  });

  test('are passed in one order', () => {
    const back = [...importsOf].flatMap(([file, imported]) =>
      imported
        .filter((other) => roomOf(file) >= 0 && roomOf(other) > roomOf(file))
        .map((other) => `${file} imports ${other}`),
    );
    expect(back).toEqual([]);
  });

  test('have no two files that import each other, by whatever way', () => {
    expect(filesInCircles()).toEqual([]);
  });

  test('have no two files of one name', () => {
    const names = files.map((file) => basename(file)).filter((name) => name !== 'index.ts');
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
