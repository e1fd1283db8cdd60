// The commands that run one thing again, as somebody pastes them into a shell at the root.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './through-pnpm.mjs';

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** `npx -y pnpm@… ARGS`, each argument quoted where a shell would read more into it. */
export const pnpm = (...args) => ['npx', '-y', packageManager, ...args].map(quote).join(' ');

/** Runs one test, one file or all tests of a package again, with the seed that they had. */
export function testAgain(seed, packageName, file, name) {
  const where = file === undefined ? [] : [file];
  const which = name === undefined ? [] : ['-t', patternOf(name)];
  return `TRADER_TEST_SEED=${seed} ${pnpm('--filter', packageName, 'exec', 'vitest', 'run', ...where, ...which)}`;
}

/** The pattern of exactly one test. vitest writes `suite > test` and matches `suite test`. */
export const patternOf = (name) =>
  `^${name.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll(' > ', ' (> )?')}$`;

const quote = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
