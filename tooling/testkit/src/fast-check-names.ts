// All of fast-check, with strings that cost less.
import {
  jsonValue as plainJsonValue,
  nat,
  string as plainString,
  type JsonSharedConstraints,
  type StringConstraints,
} from 'fast-check';

export * from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 } as const;

/** Any character: what fast-check calls `binary`, without its table of all million of them, which each process would make. */
const anyCharacter = nat({ max: 0x10ffff - SURROGATES.count }).map(
  (n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count),
  (character) => {
    const code = typeof character === 'string' ? (character.codePointAt(0) ?? SURROGATES.first) : SURROGATES.first;
    if (String.fromCodePoint(code) !== character || !character.isWellFormed()) throw new Error('not one character');
    return code < SURROGATES.first ? code : code - SURROGATES.count;
  },
);

/** @public with the rest, as one name */
export const string = (constraints: StringConstraints = {}) =>
  plainString(constraints.unit === 'binary' ? { ...constraints, unit: anyCharacter } : constraints);

/** @public with the rest, as one name */
export const jsonValue = (constraints: JsonSharedConstraints = {}) =>
  plainJsonValue(constraints.stringUnit === 'binary' ? { ...constraints, stringUnit: anyCharacter } : constraints);
