// Checks of what a caller gives, as a table of rules by name. In goes an object from outside, out comes every value of the
// table, checked, with its default where it was left out. A value of the wrong kind is a `TypeError`, one out of range a
// `RangeError`, a name that the table has not a `TypeError` with the name that was probably meant.
import { nearestName } from './nearest-name.ts';

export type Rule<T> = (name: string, value: unknown) => T;
export type Rules = Readonly<Record<string, Rule<unknown>>>;
export type ValuesOf<R extends Rules> = { readonly [K in keyof R]: ReturnType<R[K]> };

/**
 * @param whole names the object in messages
 * @param part names one of its fields
 */
export function checkedValues<R extends Rules>(
  rules: R,
  given: unknown,
  whole: string,
  part = `field of ${whole}`,
): ValuesOf<R> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(`${whole} must be an object, got ${shown(given)}`);
  }
  for (const name of Object.keys(given)) if (!Object.hasOwn(rules, name)) throw strangeName(name, rules, part);
  const values = Object.entries(rules).map(([name, rule]) => [name, rule(name, (given as Rules)[name])]);
  return Object.fromEntries(values) as ValuesOf<R>;
}

function strangeName(name: string, rules: Rules, part: string): TypeError {
  const names = Object.keys(rules);
  const meant = nearestName(name, names);
  const hint = meant === undefined ? `known are ${names.join(', ')}` : `did you mean ${meant}?`;
  return new TypeError(`unknown ${part} ${JSON.stringify(name)}: ${hint}`);
}

export const integer =
  (otherwise: number, lowest: number, highest: number): Rule<number> =>
  (name, value = otherwise) => {
    if (typeof value !== 'number') throw new TypeError(`${name} must be an integer, got ${shown(value)}`);
    if (!Number.isInteger(value) || value < lowest || value > highest) {
      throw new RangeError(`${name} must be an integer from ${lowest} to ${highest}, got ${value}`);
    }
    return value;
  };

/** How many there may be: an integer from 1, or `Infinity` for any number. */
export const limit =
  (otherwise: number): Rule<number> =>
  (name, value = otherwise) => {
    if (typeof value !== 'number') throw new TypeError(`${name} must be an integer, got ${shown(value)}`);
    if (value !== Infinity && (!Number.isSafeInteger(value) || value < 1)) {
      throw new RangeError(`${name} must be an integer from 1, or Infinity, got ${value}`);
    }
    return value;
  };

export const numberAbove =
  (otherwise: number, above: number, highest: number): Rule<number> =>
  (name, value = otherwise) => {
    if (typeof value !== 'number') throw new TypeError(`${name} must be a number, got ${shown(value)}`);
    if (!(value > above && value <= highest)) {
      throw new RangeError(`${name} must be above ${above} and at most ${highest}, got ${value}`);
    }
    return value;
  };

export const numberFrom =
  (otherwise: number, lowest: number, highest: number): Rule<number> =>
  (name, value = otherwise) => {
    if (typeof value !== 'number') throw new TypeError(`${name} must be a number, got ${shown(value)}`);
    if (!(value >= lowest && value <= highest)) {
      throw new RangeError(`${name} must be from ${lowest} to ${highest}, got ${value}`);
    }
    return value;
  };

/** The first is the default. */
export const oneOf =
  <T extends string>(...allowed: readonly [T, ...T[]]): Rule<T> =>
  (name, value = allowed[0]) => {
    const known = allowed.find((one) => one === value);
    if (known !== undefined) return known;
    throw new TypeError(`${name} must be one of ${allowed.join(', ')}, got ${shown(value)}`);
  };

export const flag =
  (otherwise: boolean): Rule<boolean> =>
  (name, value = otherwise) => {
    if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, got ${shown(value)}`);
    return value;
  };

/** Text with something in it. @param what it is, in messages */
export const text =
  (what: string): Rule<string> =>
  (name, value) => {
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be ${what}, got ${shown(value)}`);
    return value;
  };

export const required =
  <T>(rule: Rule<T>): Rule<T> =>
  (name, value) => {
    if (value === undefined) throw new TypeError(`${name} is missing`);
    return rule(name, value);
  };

export const optional =
  <T>(rule: Rule<T>): Rule<T | undefined> =>
  (name, value) =>
    value === undefined ? undefined : rule(name, value);

const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
