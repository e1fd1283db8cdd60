// Lays the three sources over each other (the file, then the environment, then flags) and remembers where each value is from.
import { didYouMean } from './did-you-mean.ts';
import type { ConfigFile } from './config-file.ts';
import { isServiceLink, noticeOfLink } from './service-links.ts';
import { flagName, OTHER_VARIABLES, SETTINGS, type Setting } from '../settings.ts';

/** Settings from the command line, by the name of the flag: `--key-id` is `keyId`. */
export type Values = Readonly<Record<string, unknown>>;

export type Sources = {
  readonly tree: Readonly<Record<string, unknown>>;
  /** The flag, variable, or file and line that a value, or what is around it, was given by; `null` for nobody. */
  origin(path: readonly PropertyKey[]): string | null;
  readonly problems: readonly string[];
  /** What was ignored, for the log: it is no mistake of whoever configures. */
  readonly notices: readonly string[];
};

type Tree = Record<string, unknown>;

/** @param exchange false leaves out what names an exchange, for commands that connect to none */
export function layerSources(
  file: ConfigFile | null,
  variables: NodeJS.ProcessEnv,
  flags: Values,
  exchange: boolean,
): Sources {
  const links = Object.entries(variables).filter(([name, value]) => isServiceLink(name, value));
  const linked = new Set(links.map(([name]) => name));
  const environment = Object.fromEntries(Object.entries(variables).filter(([name]) => !linked.has(name)));
  const tree = withoutEmpty(file?.tree ?? {});
  const given = new Map<string, string>();
  for (const setting of SETTINGS) {
    if (setting.exchange && !exchange) {
      remove(tree, setting.path.split('.')[0]!);
      continue;
    }
    for (const [value, origin] of [
      [environment[setting.env], setting.env],
      [flags[flagName(setting)], setting.flag],
    ] as const) {
      if (value !== undefined && value !== '' && put(tree, setting.path.split('.'), value)) {
        given.set(setting.path, origin);
      }
    }
  }
  return {
    tree,
    origin: (path) => given.get(settingAt(path)?.path ?? '') ?? file?.origin(path) ?? null,
    problems: nearMisses(environment),
    // The others can be taken for no setting.
    notices: SETTINGS.filter(({ env }) => linked.has(env)).map((setting) => noticeOfLink(setting, variables)),
  };
}

/** The setting that a path is of, or is inside of. */
export function settingAt(path: readonly PropertyKey[]): Setting | undefined {
  for (let length = path.length; length > 0; length--) {
    const found = SETTINGS.find((setting) => setting.path === path.slice(0, length).join('.'));
    if (found) return found;
  }
  return undefined;
}

/** Other programs' variables may begin with TRADER_, so unknown ones are no mistake. One that is nearly ours is. */
function nearMisses(environment: NodeJS.ProcessEnv): string[] {
  const names = [...SETTINGS.map(({ env }) => env), ...OTHER_VARIABLES];
  return Object.keys(environment).flatMap((name) => {
    if (!name.startsWith('TRADER_') || names.includes(name)) return [];
    const meant = didYouMean(name, names);
    return meant === null ? [] : [`${name}: is not a setting. Did you mean ${meant}?`];
  });
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy; a key without a value in the file is as if it were not there. */
function withoutEmpty(tree: Readonly<Record<string, unknown>>): Tree {
  const kept = Object.entries(tree).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept.map(([key, value]) => [key, isTree(value) ? withoutEmpty(value) : value]));
}

function remove(tree: Tree, key: string): void {
  delete tree[key];
}

/** @returns false where the file has something else than a section: the schema says so */
function put(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): boolean {
  if (rest.length === 0) {
    tree[key] = value;
    return true;
  }
  const inner = (tree[key] ??= {});
  return isTree(inner) && put(inner, rest, value);
}
