import { expect, test } from 'vitest';
import { verificationText, type Verified } from './sessions-verify.ts';

const numbers = { expected: 0, missing: 0 };
const nowhere = { epoch: null, sid: null, firstSeq: null, lastSeq: null };

test('a verification is a line a law with its figures, and below them what is wrong', () => {
  const verification: Verified = {
    session: 'this',
    ok: false,
    numbers,
    laws: [
      { law: 'counters', ok: true, checked: 14, problems: [], problemCount: 0 },
      {
        law: 'no duplicate',
        ok: false,
        checked: 12_345,
        problems: [{ message: 'number 7 is there twice', ...nowhere }],
        problemCount: 1_001,
      },
    ],
  };
  expect(verificationText(verification)).toBe(
    [
      'this  NOT as it should be',
      '  ok      counters      14 checked',
      '  BROKEN  no duplicate  12,345 checked  1,001 problems',
      '    no duplicate: number 7 is there twice',
      '    no duplicate: … and 1,000 more',
      '',
    ].join('\n'),
  );
});

test('one that is as it should be says so first', () => {
  expect(verificationText({ session: 'this', ok: true, laws: [], numbers })).toBe('this  every law holds\n');
});
