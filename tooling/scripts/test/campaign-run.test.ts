// Campaigns made up for this, run by the real runner.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { deadlineSecondsOf, runCampaign } from '../campaign-run.mjs';
import { isAlive } from './is-alive.ts';

const never = new AbortController().signal;
const SOON = { timeout: 60_000, interval: 50 };
let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'trader-campaigns-'));
  cpSync(fileURLToPath(new URL('made-up', import.meta.url)), join(root, 'made-up'), { recursive: true });
  symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(root, 'made-up/node_modules'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const planned = (name: string, rounds = 3) => ({
  campaign: { name, folder: 'made-up', what: '', shortRounds: 3, longRounds: 9, shareSeconds: 5 },
  rounds,
  short: true,
});
type Options = Partial<Parameters<typeof runCampaign>[1]>;
const run = (name: string, options: Options = {}) =>
  runCampaign(planned(name), { root, seed: 8, stop: never, ...options });
const logOf = (name: string) => readFileSync(join(root, `reports/campaigns/${name}.log`), 'utf8');

/** Runs the endless campaign until its grandchild is there. */
async function endless(options: Options) {
  const out = new PassThrough().setEncoding('utf8');
  const running = run('endless', { ...options, out, graceMs: 500 });
  let printed = '';
  for await (const text of out) {
    printed += text as string;
    const pid = Number(/grandchild (\d+)\./.exec(printed)?.[1]);
    if (pid > 0) return { running, pid };
  }
  throw new Error(`The grandchild never came: ${printed}`);
}
describe.concurrent('a campaign', () => {
  test('gets its rounds and its seed, and each of its tests is a result', async () => {
    const { results, seconds } = await run('green');
    expect(results).toMatchObject([
      { where: 'made-up/campaigns/green.campaign.ts', name: '3 rounds from seed 8', status: 'passed' },
      { name: 'is not there yet', status: 'skipped' },
    ]);
    expect(seconds).toBeGreaterThan(0);
    expect(logOf('green')).toContain('result: 7 kills, nothing lost');
  });

  test('that fails names each failure: a test, a hook, an error that nobody caught', async () => {
    const { results } = await run('red');
    const failed = results.filter(({ status }) => status === 'failed');
    expect(failed.map(({ name }) => name)).toEqual(['fails', 'a suite', '(an error that nobody caught)']);
    expect(failed[0].message).toContain('-   "kept": 7,\n+   "kept": 6,');
    expect(failed[1].message).toContain('Error: no database');
    expect(failed[2].message).toContain('Error: too late');
    expect(failed[0]).toMatchObject({
      again: expect.stringMatching(/^npx -y pnpm@\S+ campaigns red --rounds 3 --seed 8$/),
      log: 'reports/campaigns/red.log',
    });
  });

  test('whose process dies fails with each test that did not end', async () => {
    const { results } = await run('dies');
    const failed = results.filter(({ status }) => status === 'failed').map(({ name }) => name);
    expect(failed).toEqual(expect.arrayContaining(['takes its process with it', 'never has its turn']));
    expect(failed).toContain('(an error that nobody caught)');
  });

  test('that leaves no report is a failure', async () => {
    expect((await run('silent')).results).toMatchObject([
      { name: 'silent', status: 'failed', message: expect.stringContaining('No report was written') },
    ]);
  });

  test('whose file is not there is a failure', async () => {
    const { results } = await run('nowhere');
    expect(results.map(({ status }) => status)).toContain('failed');
  });
});

describe('a campaign that never ends', () => {
  test.each([
    ['overdue', 'It did not end within 80 s, and was ended with all its processes.'],
    ['stop', 'It was stopped before its end.'],
  ])('is ended when it is told %s, with all its processes: one that ignores SIGTERM too', async (why, message) => {
    const told = new AbortController();
    const { running, pid } = await endless({ [why]: told.signal });
    expect(isAlive(pid)).toBe(true);
    told.abort();
    expect((await running).results).toMatchObject([{ name: 'endless', status: 'failed', message }]);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), SOON);
  });
});

test('the deadline grows with the rounds and leaves room for a slow machine', () => {
  expect(deadlineSecondsOf(planned('green', 3))).toBe(80);
  expect(deadlineSecondsOf(planned('green', 300))).toBe(2060);
});
