// Which test files come to which function, found by running all of them once with a mark in each function.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageCopy } from './package-copy.ts';
import { runTests } from './run-tests.ts';
import { isFunction, nodesOf, type Node } from './syntax.ts';

export type Reach = {
  /** Test files that come to the function that begins there, or with -1 to any of the file's. */
  of(file: string, inFunction: number): readonly string[];
  /** How long its tests take. */
  msOf(test: string): number;
};

/** Leaves the copy's sources as they were. */
export async function findReach(copy: PackageCopy, sources: readonly string[]): Promise<Reach> {
  const folder = join(copy.folder, 'reached');
  mkdirSync(folder, { recursive: true });
  copy.write('reach-hook.mjs', hook);
  copy.write('reach-setup.mjs', setup);
  copy.write('vitest.reach.config.ts', config);
  const texts = sources.map((file) => [file, copy.read(file)] as const);
  for (const [file, text] of texts) copy.write(file, marked(file, text));
  const flags = ['--config', 'vitest.reach.config.ts'];
  const { outcome, failed, msOf } = await runTests(copy, [], { timeoutMs: 1_200_000, flags, env: { REACHED: folder } });
  for (const [file, text] of texts) copy.write(file, text);
  if (outcome === 'timed out' || msOf.size === 0) throw new Error(`The tests as they are: ${outcome}`);
  // What does not pass in a copy shows nothing of a mutant.
  const useless = new Set(failed.map((name) => name.split(' > ')[0]!));
  if (useless.size > 0) process.stdout.write(`not used, as they fail in a copy:\n  ${failed.join('\n  ')}\n`);
  return readReach(folder, useless, msOf);
}

function readReach(folder: string, useless: ReadonlySet<string>, msOf: ReadonlyMap<string, number>): Reach {
  const tests = new Map<string, Set<string>>();
  for (const name of readdirSync(folder)) {
    const test = name.replaceAll('__', '/');
    if (useless.has(test)) continue;
    for (const place of readFileSync(join(folder, name), 'utf8').trim().split('\n')) {
      for (const key of [place, place.replace(/:\d+$/, ':-1')]) {
        tests.set(key, (tests.get(key) ?? new Set()).add(test));
      }
    }
  }
  return {
    of: (file, inFunction) => [...(tests.get(`${file}:${inFunction}`) ?? [])],
    msOf: (test) => msOf.get(test) ?? 0,
  };
}

/** The file with a mark in each function. */
function marked(file: string, text: string): string {
  const marks = nodesOf(text)
    .filter(({ node }) => isFunction(node) && node['body'])
    .flatMap(({ node }): [at: number, mark: string][] => {
      const body = node['body'] as Node;
      const mark = `globalThis.reach?.(${JSON.stringify(`${file}:${node.start}`)})`;
      if (body.type === 'BlockStatement') return [[body.start + 1, `${mark};`]];
      return [
        [body.start, `(${mark}, `],
        [body.end, ')'],
      ];
    })
    .toSorted(([one], [other]) => other - one);
  return marks.reduce((marking, [at, mark]) => marking.slice(0, at) + mark + marking.slice(at), text);
}

/** In each process and thread. */
const hook = `import { appendFileSync } from 'node:fs';
const seen = new Set();
let of;
globalThis.reach = (place) => {
  const test = process.env.REACHED_BY;
  if (test !== of) seen.clear();
  of = test;
  if (!test || seen.has(place)) return;
  seen.add(place);
  try {
    appendFileSync(test, place + '\\n');
  } catch {}
};
`;

/** Before each test file. */
const setup = `import { join, relative } from 'node:path';
import { expect } from 'vitest';
const file = relative(process.cwd(), expect.getState().testPath);
process.env.REACHED_BY = join(process.env.REACHED, file.replaceAll('/', '__'));
`;

const config = `import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';
const hook = '--import=' + new URL('reach-hook.mjs', import.meta.url);
export default mergeConfig(base, {
  test: {
    setupFiles: ['reach-setup.mjs'],
    execArgv: [hook],
    env: { NODE_OPTIONS: base.test.env.NODE_OPTIONS + ' ' + hook, REACHED: process.env.REACHED },
  },
});
`;
