// A text that ends in somebody else's sentence and goes on has two full stops, unless the sentence is cut to a clause first.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `${why}.` of every source file. */
const EMBEDDED = /\$\{((?:[^{}]|\{[^{}]*\})*)\}[.!?](?=\s|`|$)/g;
const FOREIGN = /messageOf\(|\b(?:message|reason|said|why|problem|detail|stderr)\b/;
const CUT = /^(?:clauseOf|errnoText|fileProblem)\(/;

/** Parts that are written in the same file, or cut there. */
const OWN = new Set([
  'apps/trader/src/config/sources/config-file.ts: problem',
  'packages/session-store/src/database/engines/postgres-engine.ts: server.problem',
  'packages/session-store/src/database/engines/driver-options.ts: why',
  'apps/trader/src/feed/feed-side.ts: reason',
  'packages/session-store/src/database/failure.ts: said',
  'packages/session-store/src/spool/log/spool-failure.ts: why',
  'packages/session-store/src/reading/damage.ts: problem',
]);

const sources = ['packages/market-discovery/src', 'packages/session-store/src', 'apps/trader/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/')),
);

const embedded = (text: string): readonly string[] =>
  [...text.matchAll(EMBEDDED)]
    .map(([, expression]) => expression)
    .filter((each) => FOREIGN.test(each) && !CUT.test(each));

describe('error texts', () => {
  test('cut what somebody else says before they go on', () => {
    const found = sources.flatMap((file) =>
      embedded(readFileSync(join(root, file), 'utf8')).map((expression) => `${file}: ${expression}`),
    );
    expect(found.filter((each) => !OWN.has(each))).toEqual([]);
  });

  test('are found where they do not', () => {
    expect(embedded('throw new Error(`It failed: ${messageOf(cause)}. Try again`)')).toEqual(['messageOf(cause)']);
    expect(
      embedded('`${clauseOf(messageOf(cause))}. Try again`, `${name}.md`, `${(cause as Error).message}.`'),
    ).toEqual(['(cause as Error).message']);
  });
});
