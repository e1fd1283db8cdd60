import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

/** How a package keeps to the plan of its rooms; types count as imports, tests do not. */
export type RoomsReport = {
  /** The folders that are rooms. */
  readonly rooms: readonly string[];
  /** Imports of a room from one that comes after it, also by way of files that are of no room. */
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
 * @param order of the rooms: each may import those before it. Other files are of no room: every room may have them, and with them
 *   what they import from a room before it.
 * @param home where the rooms are: the folders in `core/`, or those right below `src/`
 */
export function readRooms(source: string, order: readonly string[], home: 'core' | 'src' = 'core'): RoomsReport {
  const files = globSync('**/*.ts', { cwd: source })
    .filter((file) => !file.endsWith('.test.ts'))
    .toSorted();
  const importsOf = new Map(files.map((file) => [file, relativeImports(source, file)]));
  const pattern = home === 'core' ? /^core\/([^/]+)\// : /^([^/]+)\//;
  const roomOf = (file: string): string | undefined => pattern.exec(file)?.[1];
  const placeOf = (file: string): number => order.indexOf(roomOf(file) ?? '');
  const names = files.map((file) => basename(file)).filter((name) => name !== 'index.ts');
  return {
    rooms: [...new Set(files.flatMap((file) => roomOf(file) ?? []))].toSorted(),
    back: files.flatMap((file) =>
      [...importedByRoom(file, importsOf, (other) => roomOf(other) !== undefined)]
        .filter(([other]) => placeOf(file) >= 0 && placeOf(other) > placeOf(file))
        .map(([other, by]) => `${file} imports ${other}${by === file ? '' : ` by way of ${by}`}`),
    ),
    inCircles: files.filter((file) => reachedFrom(file, importsOf).has(file)),
    doubledNames: names.filter((name, at) => names.indexOf(name) !== at),
  };
}

/** The files of rooms that a file imports, each with the one that says so: itself, or one of no room that it imports. */
function importedByRoom(
  from: string,
  importsOf: ReadonlyMap<string, readonly string[]>,
  isOfRoom: (file: string) => boolean,
): ReadonlyMap<string, string> {
  const by = new Map<string, string>();
  const importers = [from];
  for (const importer of importers) {
    for (const other of importsOf.get(importer) ?? []) {
      if (isOfRoom(other)) {
        if (!by.has(other)) by.set(other, importer);
      } else if (!importers.includes(other)) {
        importers.push(other);
      }
    }
  }
  return by;
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
