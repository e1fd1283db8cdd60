// Which of the settings that were read anew are taken while the trader runs, and which wait for the next start. Whether a setting
// can be is said in the table of settings; here is what depends on the others.
import type { LogLevel } from '../../log/log-levels.ts';
import type { DiscoveryConfig, LiveConfig } from '../config-types.ts';
import { SETTINGS, type ReloadPart, type Setting } from '../settings.ts';

/** `null`: not given, and there is no default. */
export type SettingValue = string | number | readonly string[] | null;

/** What a setting came to; and if it names a file that is read, what is in it. */
export type ReadSetting = { readonly value: SettingValue; readonly content: string | null };

/** What can change while the trader runs. */
export type ReloadableParts = {
  /** `null`: the built-in simulator's, which no setting names. */
  readonly markets: {
    readonly markets: readonly string[];
    readonly discovery?: { readonly restUrl: string; readonly rules: DiscoveryConfig };
  } | null;
  readonly key: Pick<LiveConfig, 'keyId' | 'privateKeyPem'> | null;
  /** `null`: none is asked for. */
  readonly token: string | null;
  /** In PEM; `null`: plain HTTP. */
  readonly certificate: { readonly cert: string; readonly key: string } | null;
  readonly log: LogLevel;
};

export type ReadSettings = {
  /** By the setting's path. */
  readonly each: Readonly<Record<string, ReadSetting>>;
  readonly parts: ReloadableParts;
  /** Whether other machines can reach the HTTP side. */
  readonly isExposed: boolean;
};

export type Reload = {
  /** `logLevel: info → debug`; of secrets and files only that they have changed. */
  readonly changes: readonly string[];
  readonly changed: ReadonlySet<ReloadPart>;
  /** Settings that have changed, and keep the value that they have. */
  readonly needsRestart: readonly string[];
  readonly inEffect: ReadSettings;
};

export function decideReload(present: ReadSettings, next: ReadSettings): Reload {
  const stays = stayingParts(present, next);
  const changes: string[] = [];
  const changed = new Set<ReloadPart>();
  const needsRestart: string[] = [];
  const each = { ...present.each };
  for (const setting of SETTINGS) {
    const { path, reloads } = setting;
    const [was, is] = [present.each[path]!, next.each[path]!];
    if (was.content === is.content && textOf(was.value) === textOf(is.value)) continue;
    if (reloads === undefined || stays.has(reloads)) {
      needsRestart.push(path);
      continue;
    }
    each[path] = is;
    changed.add(reloads);
    changes.push(`${path}: ${changeText(setting, was, is)}`);
  }
  const parts = Object.fromEntries(
    Object.entries(next.parts).map(([part, value]) => {
      const name = part as keyof ReloadableParts;
      return [name, stays.has(name) ? present.parts[name] : value];
    }),
  ) as ReloadableParts;
  return { changes, changed, needsRestart, inEffect: { each, parts, isExposed: present.isExposed } };
}

/** Parts that would not fit to what cannot change. */
function stayingParts(present: ReadSettings, next: ReadSettings): ReadonlySet<ReloadPart> {
  const stays = new Set<ReloadPart>();
  const isOther = (path: string): boolean => textOf(present.each[path]!.value) !== textOf(next.each[path]!.value);
  // Key and markets are of one exchange; and the simulator, in whose place one was named, takes neither.
  if (isOther('wsUrl') || isOther('restUrl') || (present.parts.key === null) !== (next.parts.key === null)) {
    stays.add('key').add('markets');
  }
  // The address stays, and whoever can reach it must go on showing that they may.
  if (next.parts.token === null && present.isExposed) stays.add('token');
  // A port that speaks TLS speaks nothing else.
  if ((present.parts.certificate === null) !== (next.parts.certificate === null)) stays.add('certificate');
  return stays;
}

/** In a list the order means nothing, and an empty one is none. */
const textOf = (value: SettingValue): string => JSON.stringify(isList(value) ? listOf(value) : value);

const listOf = (value: readonly string[]): readonly string[] | null =>
  value.length === 0 ? null : [...new Set(value)].toSorted();

const isList = (value: SettingValue): value is readonly string[] => Array.isArray(value);

const NAMED_AT_MOST = 10;

function changeText({ secret }: Setting, was: ReadSetting, is: ReadSetting): string {
  if (secret !== undefined || textOf(was.value) === textOf(is.value)) return 'changed';
  const [before, now] = [was.value, is.value];
  if (!isList(before) || !isList(now)) return `${shown(before)} → ${shown(now)}`;
  const added = now.filter((one) => !before.includes(one)).map((one) => `+${one}`);
  return firstOf([...added, ...before.filter((one) => !now.includes(one)).map((one) => `-${one}`)], ' ');
}

function shown(value: SettingValue): string {
  if (value === null) return 'none';
  return isList(value) ? firstOf(value, ',') || 'none' : String(value);
}

const firstOf = (texts: readonly string[], between: string): string =>
  texts.slice(0, NAMED_AT_MOST).join(between) +
  (texts.length > NAMED_AT_MOST ? `${between}… ${texts.length - NAMED_AT_MOST} more` : '');
