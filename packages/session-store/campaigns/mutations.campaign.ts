// Deliberate breaks of the sources, one at a time: does a test fail? What survives has to be in docs/campaigns/mutations.md, with the
// reason why that is right.
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { campaignProgress, campaignRounds, seededRandom, temporaryFolder, testSeed } from '@trader/testkit';
import { expect, inject, onTestFinished, test } from 'vitest';
import { findMutants, type Mutant } from './mutations/find-mutants.ts';
import { findReach } from './mutations/find-reach.ts';
import { judgeMutant, type Verdict } from './mutations/judge-mutant.ts';
import { PackageCopy } from './mutations/package-copy.ts';

const rounds = campaignRounds(3);
/** With fewer it would cost more to find out which tests come to which function. */
const isLong = rounds >= 20;
/** At a time: most tests wait for a database most of the time. */
const lanes = isLong ? 2 : 1;

const root = join(import.meta.dirname, '..');
/** Declarations from which migrations are made, by hand. */
const notMutated = new Set(['src/database/schema.ts']);
const sources = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts') && !notMutated.has(file))
  .toSorted();
/** What a short round breaks: files of which their own test alone sees nearly everything. */
const alone = [
  'batch/keyframes',
  'batch/record-check',
  'batch/shed-ranges',
  'compaction/take-run',
  'database/parse-array',
  'ownership/owned-session',
  'reading/book/coverage-intervals',
  'reading/merge',
  'recording/queue-room',
  'spool/log/spool-index',
  'spool/log/spool-row',
].map((name) => `src/${name}.ts`);
const testOf = (file: string) => file.replace(/\.ts$/, '.test.ts');

const allMutants = (): readonly Mutant[] =>
  (isLong ? sources : alone).flatMap((file) => findMutants(file, readFileSync(join(root, file), 'utf8')));

function choose(mutants: readonly Mutant[], count: number): Mutant[] {
  const random = seededRandom(testSeed());
  return mutants
    .map((mutant) => [random(), mutant] as const)
    .toSorted(([one], [other]) => one - other)
    .slice(0, count)
    .map(([, mutant]) => mutant);
}

test(`${rounds} breaks of the sources are each seen by a test, or known and right`, async () => {
  const folder = temporaryFolder('session-store-mutations-');
  onTestFinished(() => folder.remove());
  const prepared = inject('prepared');
  const copies = Array.from(
    { length: lanes },
    (_, lane) => new PackageCopy(join(folder.path, `copy-${lane}`), prepared),
  );
  const reach = isLong ? await findReach(copies[0]!, sources) : null;
  const testsFor = ({ file, inFunction }: Mutant) =>
    reach
      ? reach
          .of(file, inFunction)
          .map((test) => ({ file: test, ms: reach.msOf(test) }))
          .toSorted((one, other) => distance(file, one) - distance(file, other))
      : [{ file: testOf(file), ms: 0 }];

  const verdicts: Verdict[] = [];
  const waiting = choose(allMutants(), rounds);
  const progress = campaignProgress('mutant', waiting.length);
  await Promise.all(
    copies.map(async (copy) => {
      for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
        const verdict = await judgeMutant(copy, mutant, testsFor(mutant));
        verdicts.push(verdict);
        process.stdout.write(`${textOf(verdict)}\n`);
        progress(verdicts.length);
      }
    }),
  );

  const count = (outcome: Verdict['outcome']) => verdicts.filter((verdict) => verdict.outcome === outcome).length;
  process.stdout.write(
    `result: ${verdicts.length} mutants: ${count('killed')} killed, ${count('timed out')} timed out, ${count('survived')} survived, ${count('not reached')} not reached\n`,
  );
  const known = readFileSync(join(root, '../../docs/campaigns/mutations.md'), 'utf8');
  const isUnseen = ({ outcome }: Verdict) => outcome === 'survived' || outcome === 'not reached';
  const unknown = verdicts.filter((verdict) => isUnseen(verdict) && !known.includes(listed(verdict.mutant)));
  // A file's own test is not all that it has: a short round shows that breaks are seen, and no more.
  const wrong = isLong ? unknown.map(textOf) : verdicts.every(isUnseen) ? ['none was seen'] : [];
  expect(wrong).toEqual([]);
});

/** As it stands in the list of those that may survive. */
const listed = ({ file, text }: Mutant) => `\`${file.slice('src/'.length)}\` \`${text.replaceAll('`', '´')}\``;

const textOf = ({ mutant, outcome, by }: Verdict) =>
  `${outcome}: ${mutant.file}:${mutant.line} ${listed(mutant)}${by === null ? '' : ` by ${by}`}`;

/** A file's own test comes first and then those of its folder; of the others the quick ones, and sooner those named after its room. */
function distance(file: string, of: { readonly file: string; readonly ms: number }): number {
  if (of.file === testOf(file)) return -2;
  if (dirname(of.file) === dirname(file)) return -1;
  return basename(of.file).includes(file.split('/')[1]!) ? of.ms / 4 : of.ms;
}
