import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { startLoad } from '../load.mjs';
import { planRepeats } from '../repeat-plan.mjs';
import { repeatRuns } from '../repeat-runs.mjs';
import { repeatSummary, repeatText } from '../repeat-summary.mjs';
import type { Result } from '../results.mjs';
import { isAlive } from './is-alive.ts';

const SOON = { timeout: 60_000 };

describe('a call of pnpm test:repeat', () => {
  const shown = (...args: string[]) =>
    planRepeats(args).runs.map(({ run, seed, busy }) => `${run} seed ${seed}${busy ? ' busy' : ''}`);

  test('plans N runs, each with the next seed', () => {
    expect(shown('3')).toEqual(['1 seed 1', '2 seed 2', '3 seed 3']);
    expect(shown('2', '--seed', '40')).toEqual(['1 seed 40', '2 seed 41']);
  });

  test('has all of them busy, or the last K', () => {
    expect(shown('2', '--busy')).toEqual(['1 seed 1 busy', '2 seed 2 busy']);
    expect(shown('--busy', '--seed', '5', '2')).toEqual(['1 seed 5 busy', '2 seed 6 busy']);
    expect(shown('3', '--busy', '1')).toEqual(['1 seed 1', '2 seed 2', '3 seed 3 busy']);
  });

  test('takes the packages that are meant', () => {
    expect(planRepeats(['1']).filters).toEqual([]);
    expect(planRepeats(['1', '--filter=a', '--filter', 'b']).filters).toEqual(['a', 'b']);
  });

  test('refuses what it cannot mean', () => {
    expect(() => shown()).toThrow('How many runs? One number is wanted.');
    expect(() => shown('many')).toThrow('N: "many" is no whole number from 1');
    expect(() => shown('2', '--busy', '3')).toThrow('--busy: 3 of 2 runs is too many');
    expect(() => shown('2', '--quiet')).toThrow("Unknown option '--quiet'");
  });
});

describe('the runs', () => {
  const stop = new AbortController();
  const passed: Result = { where: 'a.test.ts', name: 'steady', status: 'passed' };

  /** Does the runs of a call, and tells in order what was done. */
  async function told(args: string[], runTests: () => Promise<Result[]> = async () => [passed]) {
    const events: string[] = [];
    const load = () => {
      events.push('load');
      return { pids: [], stop: async () => void events.push('no load') };
    };
    const runs = repeatRuns(planRepeats(args).runs, {
      runTests: ({ title, folder }) => {
        events.push(`${title} in ${folder}`);
        return runTests();
      },
      onRun: (all) => events.push(`${all.length} done`),
      stop: stop.signal,
      load,
    });
    return { count: await runs.then((all) => all.length).catch((error: Error) => error.message), events };
  }

  test('come one after the other, the busy ones beside a load', async () => {
    expect(await told(['2', '--busy', '1', '--seed', '3'])).toEqual({
      count: 2,
      events: [
        'run 1 of 2 (seed 3) in run-1',
        '1 done',
        'load',
        'run 2 of 2 (seed 4, busy) in run-2',
        'no load',
        '2 done',
      ],
    });
  });

  test('leave no load behind when one breaks', async () => {
    const { count, events } = await told(['1', '--busy'], () => Promise.reject(new Error('no disk')));
    expect([count, events.at(-1)]).toEqual(['no disk', 'no load']);
  });

  test('end when they are told to, without the one that was interrupted', async () => {
    const { count, events } = await told(['3', '--busy'], async () => {
      stop.abort();
      return [];
    });
    expect([count, events]).toEqual([0, ['load', 'run 1 of 3 (seed 1, busy) in run-1', 'no load']]);
  });
});

describe('what test:repeat found', () => {
  const passed: Result = { where: 'a.test.ts', name: 'steady', status: 'passed' };
  const failed: Result = {
    where: 'a.test.ts',
    name: 'shaky',
    status: 'failed',
    message: 'was 1\nat x',
    again: 'again',
  };
  const runs = [
    { run: 1, seed: 1, busy: false, seconds: 9, results: [passed, { ...failed, status: 'passed' as const }] },
    { run: 2, seed: 2, busy: true, seconds: 10, results: [passed, failed] },
    { run: 3, seed: 3, busy: true, seconds: 10, results: [passed, { ...failed, log: 'reports/x.log' }] },
  ];

  test('is each test that failed even once, with its runs, seeds and the command', () => {
    const text = repeatText(runs, 3);
    expect(text).toContain('FAILED in 2 of 3: a.test.ts > shaky\n  run 2, seed 2, busy: was 1\n    again: again\n');
    expect(text).toContain('  run 3, seed 3, busy: was 1\n    all that it printed: reports/x.log\n');
    expect(text).toMatch(/1 of 3 runs green, 2 of them busy; all runs together:\n4 passed, 2 failed\n$/);
  });

  test('says so when it was stopped early', () => {
    expect(repeatText(runs.slice(0, 1), 3)).toContain('1 of 1 runs green, 0 of them busy, stopped after 1 of 3');
  });

  test('is kept as JSON', () => {
    expect(repeatSummary(runs, 3)).toMatchObject({
      planned: 3,
      runs: [{ run: 1, seed: 1, busy: false, passed: 2, failed: 0 }, { failed: 1 }, { failed: 1 }],
      unsteady: [
        {
          name: 'shaky',
          failures: [
            { run: 2, seed: 2 },
            { run: 3, seed: 3, log: 'reports/x.log' },
          ],
        },
      ],
    });
  });
});

describe('the load', () => {
  test('is a process a core, and none after it was stopped', async () => {
    const load = startLoad(2);
    expect(load.pids.map((pid) => isAlive(Number(pid)))).toEqual([true, true]);
    await load.stop();
    expect(load.pids.map((pid) => isAlive(Number(pid)))).toEqual([false, false]);
  });

  test('ends with the process that started it, however that ends', async () => {
    const module = fileURLToPath(new URL('../load.mjs', import.meta.url));
    const program = `const { startLoad } = await import(${JSON.stringify(module)}); console.log(startLoad(1).pids[0]);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect({ pid, alive: isAlive(pid) }).toEqual({ pid, alive: false }), SOON);
  });
});
