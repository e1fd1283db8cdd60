// What the store says of a failure: whatever somebody else's sentence ends in, ours ends once.
import { describe, expect, test } from 'vitest';
import { clauseOf } from '../src/database/clause-of.ts';
import type { SessionStoreError } from '../src/index.ts';
import { lockDataDir } from '../src/database/engines/data-dir-lock.ts';
import { errnoText } from '../src/database/errno-text.ts';
import { failureOf } from '../src/database/failure.ts';
import { spoolFailure } from '../src/spool/log/spool-failure.ts';

const endings = ['', '.', '..', '. ', '.\n', '!', '?', '…', '. .'];
const codes = [
  '',
  'ECONNREFUSED',
  'EMFILE',
  'ENFILE',
  'ENOSPC',
  'EIO',
  'EACCES',
  '28P01',
  '3D000',
  '53100',
  '58P02',
  'XX000',
  '57014',
  '42P01',
  '23505',
];

const failing = endings.flatMap((ending) =>
  codes.map((code) => ({ code, ending, cause: Object.assign(new Error(`somebody says why${ending}`), { code }) })),
);

/** Ends with one full stop, and has no other twice. */
const oneSentenceAfterTheOther = /^(?:(?![.!?…]\s*[.!?…]|\s\s).)*[^\s.!?…]\.$/;

describe('a failure', () => {
  test.each(failing)('$code "$ending" ends once', ({ cause }) => {
    expect(failureOf('Writing records', cause).error.message).toMatch(oneSentenceAfterTheOther);
    expect(failureOf('Writing records', new AggregateError([cause])).error.message).toMatch(oneSentenceAfterTheOther);
    expect(spoolFailure('Writing to the spool', cause).message).toMatch(oneSentenceAfterTheOther);
    expect(errnoText(cause)).not.toMatch(/[\s.!?…]$/);
  });

  test('of something that is no error is one, too', () => {
    for (const cause of [undefined, null, '', 'a text.', {}, new Error('')]) {
      expect(failureOf('Writing records', cause).error.message).toMatch(oneSentenceAfterTheOther);
      expect(errnoText(cause)).not.toMatch(/[\s.!?…]$/);
    }
  });

  test.skipIf(process.platform === 'win32').each([
    ['below a file', '/dev/null/data', /a part of its path is a file \(ENOTDIR\)/],
    ['of a name that is too long', `/tmp/${'x'.repeat(300)}`, /path is too long \(ENAMETOOLONG\)/],
    ['in a file’s place', process.execPath, /there is a file of that name \(EEXIST\)/],
  ])('of a folder %s says what the system said', async (_what, path, said) => {
    const error = await lockDataDir(path, 0).catch((cause: unknown) => cause as SessionStoreError);
    expect(error).toMatchObject({ code: 'DATA_DIR_UNUSABLE', message: expect.stringMatching(said) });
    expect((error as SessionStoreError).message.slice(-200)).toMatch(oneSentenceAfterTheOther);
  });

  test('a clause is a sentence without its end', () => {
    expect(['It fails.', 'It fails', 'v1.2 fails. \n', 'Why?', '…'].map(clauseOf)).toEqual([
      'It fails',
      'It fails',
      'v1.2 fails',
      'Why',
      '',
    ]);
  });
});
