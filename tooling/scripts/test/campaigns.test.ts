import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { planCampaigns } from '../campaign-plan.mjs';
import { recordOf, writeRecord } from '../campaign-record.mjs';
import { CAMPAIGN_SECONDS, campaigns } from '../campaign-table.mjs';
import { campaignTable, shareWarnings } from '../campaign-text.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('the table of campaigns', () => {
  test('has shares that fit into the time for all, two at a time', () => {
    expect(campaigns.reduce((sum, { shareSeconds }) => sum + shareSeconds, 0)).toBeLessThanOrEqual(
      2 * CAMPAIGN_SECONDS,
    );
  });

  test('has a row for each file and a file for each row', () => {
    const files = globSync('{packages,apps,tooling}/*/campaigns/*.campaign.ts', { cwd: root });
    const rows = campaigns.map(({ folder, name }) => `${folder}/campaigns/${name}.campaign.ts`);
    expect(rows.toSorted()).toEqual(files.map((file) => file.replaceAll('\\', '/')).toSorted());
  });

  test('has each name once, and long rounds that are longer', () => {
    expect(new Set(campaigns.map(({ name }) => name)).size).toBe(campaigns.length);
    for (const { shortRounds, longRounds } of campaigns) expect(longRounds).toBeGreaterThan(shortRounds);
  });

  test('has packages whose types are checked with their campaigns', () => {
    for (const folder of new Set(campaigns.map(({ folder }) => folder))) {
      const { include } = JSON.parse(readFileSync(join(root, folder, 'tsconfig.json'), 'utf8')) as {
        include: string[];
      };
      expect({ folder, include }).toEqual({ folder, include: expect.arrayContaining(['campaigns']) });
    }
  });
});

const table = ['kill', 'soak'].map((name, index) => ({
  name,
  folder: 'packages/x',
  what: `tries to ${name}`,
  shortRounds: 20 + index,
  longRounds: 200,
  shareSeconds: 30,
}));
const planOf = (...args: string[]) => planCampaigns(args, table);

describe('a call of pnpm campaigns', () => {
  test('without a name plans every short round, from seed 1', () => {
    const { seed, planned } = planOf();
    expect(seed).toBe(1);
    expect(planned.map(({ campaign, rounds, short }) => [campaign.name, rounds, short])).toEqual([
      ['kill', 20, true],
      ['soak', 21, true],
    ]);
  });

  test('with a name plans its long round', () => {
    expect(planOf('soak').planned).toEqual([{ campaign: table[1], rounds: 200, short: false }]);
  });

  test('takes a number of rounds and a seed', () => {
    const { seed, planned } = planOf('soak', '--rounds', '21', '--seed=9');
    expect(seed).toBe(9);
    expect(planned).toMatchObject([{ rounds: 21, short: true }]);
    expect(planOf('--', '--rounds', '5').planned.map(({ rounds }) => rounds)).toEqual([5, 5]);
  });

  test('refuses what it cannot mean, with what there is', () => {
    expect(() => planOf('kil')).toThrow('There is no campaign "kil". There are: kill, soak');
    expect(() => planOf('--rounds', '0')).toThrow('--rounds: "0" is no whole number from 1');
    expect(() => planOf('--rounds', '1e3')).toThrow('--rounds: "1e3" is no whole number from 1');
    expect(() => planOf('--seed', 'x')).toThrow('--seed: "x" is no whole number from 1');
    expect(() => planOf('--round', '1')).toThrow("Unknown option '--round'");
  });
});

describe('the end of the campaigns', () => {
  const row = (index: number, seconds: number, short = true) => ({
    planned: { campaign: table[index], rounds: 20, short },
    seed: 1,
    seconds,
  });

  test('is a table of rounds, seed, seconds and share', () => {
    expect(campaignTable([row(0, 12.34), row(1, 100, false)])).toBe(
      [
        'campaign  rounds  seed  seconds  share',
        'kill          20     1     12.3     30',
        'soak          20     1    100.0      -',
        '',
      ].join('\n'),
    );
  });

  test('warns of a share that was not kept, and of the time for all', () => {
    expect(shareWarnings([row(0, 29), row(1, 300, false)], 330, 320)).toBe('');
    const warnings = shareWarnings([row(0, 31), row(1, 29)], 60, 50);
    expect(warnings).toContain('WARNING  kill took 31 s, its share is 30 s');
    expect(warnings).toContain('WARNING  all short rounds took 60 s, and may take 50 s');
  });
});

test('the record of a long round has its date, commit, command and result, a row each', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trader-record-'));
  mkdirSync(join(folder, 'reports'));
  writeFileSync(join(folder, 'reports/kill.log'), 'stdout | x\nresult: 200 kills, 3 holes | all named\nother\n');
  const planned = { campaign: table[0], rounds: 200, short: false };
  const results = [{ where: '', name: 'x', status: 'passed' as const }];
  const record = recordOf({ root: folder, planned, seed: 4, results, seconds: 61.2, log: 'reports/kill.log' });
  expect(record).toEqual({
    date: new Date().toISOString().slice(0, 10),
    commit: 'unknown',
    command: expect.stringMatching(/^npx -y pnpm@\S+ campaigns kill --rounds 200 --seed 4$/),
    result: '200 kills, 3 holes | all named; 1 passed, 0 failed; 61 s',
  });
  expect(writeRecord(folder, table[0], record)).toBe('docs/campaigns/kill.md');
  writeRecord(folder, table[0], { ...record, date: '2027-01-01' });
  const written = readFileSync(join(folder, 'docs/campaigns/kill.md'), 'utf8');
  expect(written).toMatch(
    /^# kill\n\nTries to kill\.\n\n\| date \| commit \| command \| result \|\n(\| --- ){4}\|\n\| \d/,
  );
  expect(written.trimEnd().split('\n').slice(6)).toEqual([
    `| ${record.date} | unknown | \`${record.command}\` | 200 kills, 3 holes \\| all named; 1 passed, 0 failed; 61 s |`,
    expect.stringMatching(/^\| 2027-01-01 \|/),
  ]);
  rmSync(folder, { recursive: true });
});
