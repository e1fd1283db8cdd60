import { describe, expect, test } from 'vitest';
import { usageError } from './usage-error.ts';

describe('what commander says', () => {
  test.each([
    ["error: unknown option '--databse=postgres://me:secret@h'", "error: unknown option '--databse…'"],
    ["error: unknown option '--a=it's\n'secret''", "error: unknown option '--a…'"],
    ["error: unknown option '--a=it'\nsecret'", "error: unknown option '--a…'"],
    [
      "error: option '--a <b>' argument 'x?' is invalid. secret' is invalid. No.",
      "error: option '--a <b>' argument is invalid. No.",
    ],
    ["error: unknown option '-psecret'", "error: unknown option '-p…'"],
    ["error: unknown option '-secret'", "error: unknown option '-s…'"],
    ["error: unknown option '--=secret'", "error: unknown option '-…'"],
    ["error: unknown command 'secret'", 'error: unknown command'],
    ["error: unknown command 'postgres://me:it's secret@h'", 'error: unknown command'],
    [
      "error: too many arguments for 'run'. Expected 0 arguments but got 2: a.b, secret.",
      "error: too many arguments for 'run'. Expected 0 arguments but got 2.",
    ],
    [
      "error: option '--out <folder>' argument 'postgres://me:secret@h' is invalid. It must be a path.",
      "error: option '--out <folder>' argument is invalid. It must be a path.",
    ],
    [
      "error: option '--speed <factor>' argument 'a?secret' is invalid. It must be a number.",
      "error: option '--speed <factor>' argument is invalid. It must be a number.",
    ],
  ])('%s', (said, shown) => expect(usageError(said)).toBe(shown));

  test.each([
    "error: unknown option '--pasword'\n(Did you mean --port?)",
    "error: unknown command 'sesions'\n(Did you mean sessions?)",
    "error: option '--from <time>' argument 'soon' is invalid. It must be a time, as 2026-08-10T21:00Z, or ms since 1970.",
    "error: missing required argument 'session'",
    "error: required option '--out <file>' not specified",
  ])('%s is left alone', (said) => expect(usageError(said)).toBe(said));
});
