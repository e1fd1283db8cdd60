import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { patternOf, pnpm, testAgain } from '../commands.mjs';

test('a command names the seed, the package, the file and the test', () => {
  expect(testAgain(7, '@trader/health', 'test/a.test.ts', 'keeps it')).toMatch(
    /^TRADER_TEST_SEED=7 npx -y pnpm@[\d.]+ --filter @trader\/health exec vitest run test\/a\.test\.ts -t '\^keeps it\$'$/,
  );
  expect(testAgain(7, '@trader/health')).toMatch(/exec vitest run$/);
});

test('a shell reads each argument as it was', () => {
  const args = ['plain', `it's "$HOME" \\ \`x\``, 'two words', '', '[1,2] > {a}', '--seed=1'];
  const command = pnpm(...args).replace(
    /^npx -y \S+/,
    `"${process.execPath}" -p 'JSON.stringify(process.argv.slice(1))' --`,
  );
  expect(JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' }))).toEqual(args);
});

describe('the pattern of a test', () => {
  test.each([
    [
      'a suite > refuses ["--rate","0"] (twice) at 100% of $5.^|',
      'a suite refuses ["--rate","0"] (twice) at 100% of $5.^|',
    ],
    ['a suite > where a > b', 'a suite where a > b'],
    ['back\\slash > {x}', 'back\\slash {x}'],
  ])('%s matches as the runner joins it, and nothing longer', (name, joined) => {
    const pattern = new RegExp(patternOf(name));
    expect(joined).toMatch(pattern);
    expect(`${joined} too`).not.toMatch(pattern);
    expect(`not ${joined}`).not.toMatch(pattern);
  });
});
