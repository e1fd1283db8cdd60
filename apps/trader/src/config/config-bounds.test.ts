// Every number and duration among the settings: what a message says to be the bounds are the bounds.
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from './duration.ts';
import { flagName, SETTINGS, type Setting } from './settings.ts';
import { resolveConfig } from './load-config.ts';
import { messageOf } from '../errors.ts';

const MEASURED = new Set(['duration', 'count', 'markets', 'contracts', 'port']);
const settings = SETTINGS.filter(({ value, path }) => MEASURED.has(value) && path !== 'markets');
const isDuration = ({ value }: Setting): boolean => value === 'duration';

/** The line about this setting, or `null` if its value is taken. What it needs beside it is of no interest here. */
function refusalOf(setting: Setting, value: number | string): string | null {
  try {
    resolveConfig({ [flagName(setting)]: value }, {}, { directory: '/nowhere' });
    return null;
  } catch (error) {
    return (
      messageOf(error)
        .split('\n')
        .find((line) => line.includes(` ${setting.path} must be `)) ?? null
    );
  }
}

/** As the message for a value beyond every bound has them. */
function boundsOf(setting: Setting): { readonly least: number; readonly most: number; readonly said: string } {
  const said = refusalOf(setting, Number.MAX_SAFE_INTEGER) ?? '';
  const [, from = '', to = ''] = / from (\S+) to (\w+)/.exec(said) ?? [];
  const read = (text: string): number => (isDuration(setting) ? (parseDuration(text) ?? Number.NaN) : Number(text));
  return { least: read(from), most: read(to), said };
}

describe.each(settings.map((setting) => [setting.path, setting] as const))('%s', (_path, setting) => {
  test('takes what lies within the bounds that its message has, and nothing else', () => {
    const { least, most, said } = boundsOf(setting);
    expect(least, said).toBeGreaterThanOrEqual(0);
    expect(most, said).toBeGreaterThan(least);
    const withoutValue = (line: string | null): string | null => line?.replace(/, not "[^"]*"/, '') ?? null;
    const wanted = withoutValue(said);
    const near = fc.constantFrom(least - 1, least, least + 1, most - 1, most, most + 1, 0, -1);
    fc.assert(
      fc.property(fc.oneof(near, fc.integer({ min: least, max: most }), fc.maxSafeInteger()), (value) => {
        const isWithin = value >= least && value <= most;
        expect(withoutValue(refusalOf(setting, value)), String(value)).toBe(isWithin ? null : wanted);
        // As a text, which is how flags and variables come.
        expect(withoutValue(refusalOf(setting, String(value))), `"${value}"`).toBe(isWithin ? null : wanted);
      }),
    );
  });

  test.runIf(isDuration(setting))('has examples that it takes', () => {
    const { said } = boundsOf(setting);
    const examples = [...said.matchAll(/\b\d+(?:ms|s|m|h|d)\b/g)].map(([text]) => text);
    // Both bounds, two more and the setting's own.
    expect(examples.length, said).toBeGreaterThanOrEqual(5);
    for (const example of examples) expect(refusalOf(setting, example), example).toBeNull();
  });
});
