// What the documents of this package point at.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Where a path of a document starts: the package's own folder, and what the documents leave out. */
const ROOTS = ['../', '../src/', '../examples/'];

const DOCUMENTS = ['README.md', 'PROTOCOL.md', 'bench/README.md'];

/** Text in code marks that is a path of a source file: `core/book/book.ts`, `src/wire.ts`, `ingest.ts`. */
const pathsIn = (document: string): string[] =>
  [...document.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.ts)`/g)].map(([, path]) => path!);

test.each(DOCUMENTS)('every file that %s names is there', (name) => {
  const document = readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
  const folder = name.replace(/[^/]*$/, '');
  const named = pathsIn(document);
  expect(named.length).toBeGreaterThan(4);
  const missing = named.filter(
    (path) => ![...ROOTS, `../${folder}`].some((root) => existsSync(new URL(`${root}${path}`, import.meta.url))),
  );
  expect(missing).toEqual([]);
});

test('every row of PROTOCOL.md rests on a mark that its table explains', () => {
  const document = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');
  const tables = document
    .split('\n\n')
    .filter((block) => block.startsWith('|'))
    .map((block) => block.split('\n').map((line) => line.split('|').map((cell) => cell.trim())));
  const [marks, ...others] = tables;
  const explained = new Set(marks!.slice(2).map(([, mark]) => mark!));
  expect(explained.size).toBeGreaterThan(6);
  const bare: string[] = [];
  for (const [head, , ...rows] of others) {
    const column = head!.indexOf('rests on');
    if (column < 0) continue;
    for (const row of rows) {
      const words = row[column]!.match(/[a-z-]+/g) ?? [];
      if (!words.some((word) => explained.has(word))) bare.push(row.join(' | '));
    }
  }
  expect(bare).toEqual([]);
});
