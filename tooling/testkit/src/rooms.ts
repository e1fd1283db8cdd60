import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

/** How a package keeps to the plan of its rooms; types count as imports, tests do not. */
export type RoomsReport = {
  /** The folders in `core/`. */
  readonly rooms: readonly string[];
  /** Imports of a room from one that comes after it. */
  readonly back: readonly string[];
  /** Files from which a way of imports leads back to them. */
  readonly inCircles: readonly string[];
  /** Names of more than one file. */
  readonly doubledNames: readonly string[];
};

/**
 * Reads the imports below a package's `src/`.
 *
 * @param source the folder
 * @param order of the rooms: each may import those before it. Files that are loose in `core/` are of no room, and every room may have them.
 */
export function readRooms(source: string, order: readonly string[]): RoomsReport {
  const files = globSync('**/*.ts', { cwd: source })
    .filter((file) => !file.endsWith('.test.ts'))
    .toSorted();
  const importsOf = new Map(files.map((file) => [file, relativeImports(source, file)]));
  const roomOf = (file: string): string | undefined => /^core\/([^/]+)\//.exec(file)?.[1];
  const placeOf = (file: string): number => order.indexOf(roomOf(file) ?? '');
  const names = files.map((file) => basename(file)).filter((name) => name !== 'index.ts');
  return {
    rooms: [...new Set(files.flatMap((file) => roomOf(file) ?? []))].toSorted(),
    back: [...importsOf].flatMap(([file, imported]) =>
      imported
        .filter((other) => placeOf(file) >= 0 && placeOf(other) > placeOf(file))
        .map((other) => `${file} imports ${other}`),
    ),
    inCircles: files.filter((file) => reachedFrom(file, importsOf).has(file)),
    doubledNames: names.filter((name, at) => names.indexOf(name) !== at),
  };
}

function relativeImports(source: string, file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(/ from '(\.[^']+)'/g)].map(([, path = '']) => normalize(join(dirname(file), path)));
}

function reachedFrom(from: string, importsOf: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const waiting = [...(importsOf.get(from) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(importsOf.get(next) ?? []));
  }
  return seen;
}
