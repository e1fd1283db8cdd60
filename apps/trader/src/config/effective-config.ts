// The configuration as it would be used, for people and for machines, and where each value is from.
import { existsSync } from 'node:fs';
import { exchangeUrls, type LoadedConfig } from './load-config.ts';
import { databaseName } from './database.ts';
import { parseDatabase } from '@trader/session-store';
import type { Database } from './config-types.ts';
import { SETTINGS, type Setting } from './settings.ts';
import { shownAddress } from '../secrets/shown-address.ts';

export type EffectiveSetting = {
  readonly setting: string;
  /** `null`: not given, and there is no default. Secrets are masked. */
  readonly value: unknown;
  /** A flag, a variable, a file and line, `default`, or what it follows from. */
  readonly origin: string;
};

/** What the setting of a path came to, unmasked; `undefined`: not given, and there is no default. */
export function settingValues({ config, values }: LoadedConfig): (path: string) => unknown {
  const derived: Readonly<Record<string, string>> = {
    ...exchangeUrls(values),
    'spool.dir': config.spool.dir,
    'exports.dir': config.exports.dir,
  };
  return (path) => at(values, path.split('.')) ?? derived[path];
}

export function effectiveConfig(loaded: LoadedConfig): EffectiveSetting[] {
  const { values, sources } = loaded;
  const valueOf = settingValues(loaded);
  return SETTINGS.flatMap(({ path, secret }) => {
    const keys = path.split('.');
    // Without an exchange there is nothing to look for, and these defaults would say otherwise.
    if (keys[0] === 'discovery' && !values.discovery) return [];
    const given = at(sources.tree, keys) !== undefined;
    const value = valueOf(path) ?? null;
    return [
      {
        setting: path,
        value: secret ? masked(secret, value) : value,
        origin: given ? (sources.origin(keys) ?? 'file') : followsFrom(path, values.wsUrl !== undefined),
      },
    ];
  });
}

function followsFrom(path: string, ownSocket: boolean): string {
  if (path === 'spool.dir' || path === 'exports.dir') return 'from database';
  if (path === 'restUrl') return ownSocket ? 'from wsUrl' : 'from exchange';
  return path === 'wsUrl' ? 'from exchange' : 'default';
}

const at = (tree: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], tree);

/** As people may see it: without passwords; of an id the part that is enough to tell it from another. */
function masked(secret: NonNullable<Setting['secret']>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(secret, item));
  if (typeof value !== 'string') return value;
  switch (secret) {
    case 'database':
      return databaseName(parseDatabase(value) as Database);
    case 'address':
      return shownAddress(value);
    case 'id':
      return `${value.slice(0, Math.min(8, value.length / 2))}…`;
    case 'file':
      return existsSync(value) ? value : 'there is no such file';
  }
}
