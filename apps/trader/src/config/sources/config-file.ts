// The configuration file: YAML, of which JSON is a part, with the line on which each value stands.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import type * as Yaml from 'yaml';
import { fileProblem } from '../../errors.ts';

/** Loaded only where there is a file: it is a fifth of what a start loads. */
const yaml = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;

export type ConfigFile = {
  readonly path: string;
  readonly tree: Readonly<Record<string, unknown>>;
  /** `trader.yaml:12`, of the value at a path, or of the nearest section around it; `null` if the file has neither. */
  origin(path: readonly PropertyKey[]): string | null;
};

/** @throws {Error} that says in one line a problem what cannot be read, without quoting the file */
export function readConfigFile(path: string): ConfigFile {
  const full = resolve(path);
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  // Its warnings go to standard error by themselves, and quote.
  const document = parseDocument(textOf(full), { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  if (document.errors.length > 0) {
    const said = document.errors.map(({ code, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      return `${basename(path)}:${line}: the YAML cannot be read at column ${col} (${code.toLowerCase().replaceAll('_', ' ')})`;
    });
    throw new Error(said.join('\n'));
  }
  const tree = treeOf(() => document.toJS({ maxAliasCount: 100 }) as unknown);
  if (tree !== null && (typeof tree !== 'object' || Array.isArray(tree))) {
    throw new Error(`${basename(path)}:1: must be settings, one a line. Example: logLevel: info`);
  }
  return {
    path: full,
    tree: (tree ?? {}) as Record<string, unknown>,
    origin: (at) => {
      const offset = offsetOf(document.contents, at);
      return offset === null ? null : `${basename(path)}:${lines.linePos(offset).line}`;
    },
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** Without the cause, which quotes what was given. */
const unreadable = (cause: unknown): Error => new Error(`${fileProblem(cause)}. Give the path of a YAML or JSON file`);

/** Of aliases the parser's message would have the name, which may be anything that begins with a `*`. */
function treeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    throw new Error('the YAML cannot be read: an alias (*name) names nothing, or stands for too much');
  }
}

/** Where the key of a path begins; that of the longest part of it that is there. */
function offsetOf(root: unknown, path: readonly PropertyKey[]): number | null {
  const { isMap, isScalar } = yaml();
  let offset: number | null = null;
  let node: unknown = root;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key: of }) => isScalar(of) && of.value === key);
    if (!pair) break;
    offset = (pair.key as Yaml.Node).range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}
