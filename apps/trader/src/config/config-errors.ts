// What the schema refused, in lines for people: where it was given, which setting, what is right, and an example.
import type { z } from 'zod';
import { didYouMean } from './sources/did-you-mean.ts';
import { SETTINGS, type Setting } from './settings.ts';
import { settingAt, type Sources } from './sources/sources.ts';

type Issue = z.core.$ZodIssue;

export const describeIssues = (issues: readonly Issue[], sources: Sources): string[] => [
  ...new Set(issues.flatMap((issue) => describe(issue, sources))),
];

function describe(issue: Issue, sources: Sources): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...issue.path, key], sources));
  const setting = settingAt(issue.path);
  const name = nameOf(issue.path);
  const origin = sources.origin(issue.path) ?? setting?.flag ?? 'configuration';
  const example = setting ? `. Example: ${setting.example}` : '';
  const missing = issue.code === 'invalid_type' && valueAt(sources.tree, issue.path) === undefined;
  // A rule of our own has said what it may, unless it is a plain one.
  const isSaid = missing || (issue.code === 'custom' && issue.params?.['isPlain'] !== true);
  const wrong = isSaid ? '' : quoted(valueAt(sources.tree, issue.path), setting?.secret);
  return [`${origin}: ${name} ${missing ? `is missing; it ${issue.message}` : issue.message}${wrong}${example}`];
}

function unknownKey(path: readonly PropertyKey[], sources: Sources): string {
  const section = path.slice(0, -1).join('.');
  const prefix = section === '' ? '' : `${section}.`;
  const names = SETTINGS.filter((setting) => setting.path.startsWith(prefix)).map(
    (setting) => setting.path.slice(prefix.length).split('.')[0]!,
  );
  const meant = didYouMean(String(path.at(-1)), names);
  const advice = meant === null ? `Known here: ${[...new Set(names)].join(', ')}` : `Did you mean ${prefix}${meant}?`;
  return `${sources.origin(path) ?? 'configuration'}: ${nameOf(path)} is not a setting. ${advice}`;
}

/** `discovery.series[1]`. A line of the file without its colon makes a name of all that is in it. */
const nameOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key, index) =>
      typeof key === 'number' ? `[${key + 1}]` : `${index > 0 ? '.' : ''}${plainName(String(key))}`,
    )
    .join('');

const plainName = (key: string): string => (/^[\w-]{1,40}$/.test(key) ? key : 'what stands there');

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let value = tree;
  for (const key of path) {
    // A list in one text: its parts.
    if (typeof value === 'string' && typeof key === 'number') value = value.split(',').map((part) => part.trim());
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  }
  return value;
}

/** Only what has no room for a password. */
function quoted(value: unknown, secret: Setting['secret']): string {
  if (secret !== undefined && secret !== 'address') return '';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
  const text = String(value);
  return text.length > 80 || /[@?#=\n]/.test(text) ? '' : `, not "${text}"`;
}
