import { CommanderError, type Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createCli } from './cli.ts';

/** `sessions list` and the like, with what they are typed as. */
function leaves(command: Command, typed: readonly string[] = []): { typed: string; command: Command }[] {
  if (command.commands.length === 0) return [{ typed: typed.join(' '), command }];
  return command.commands.flatMap((child) => leaves(child, [...typed, child.name()]));
}

function quietCli(): { cli: Command; output: () => string } {
  const cli = createCli();
  let output = '';
  const write = (text: string): void => void (output += text);
  for (const command of [cli, ...cli.commands, ...leaves(cli).map(({ command }) => command)]) {
    command.exitOverride().configureOutput({ writeOut: write, writeErr: write });
  }
  return { cli, output: () => output };
}

describe('the command line', () => {
  test('has these commands', () => {
    expect(leaves(createCli()).map(({ typed }) => typed)).toEqual([
      'run',
      'simulate',
      'config',
      'doctor',
      'sessions list',
      'sessions show',
      'sessions verify',
      'replay',
      'export',
      'dataset verify',
      'sql',
      'tape record',
      'db migrate',
    ]);
  });

  test.each(leaves(createCli()).map(({ typed }) => typed))(
    '%s --help has an example and the exit codes',
    async (typed) => {
      const { cli, output } = quietCli();
      const asked = cli.parseAsync(['node', 'trader', ...typed.split(' '), '--help']);
      await expect(asked).rejects.toBeInstanceOf(CommanderError);
      expect(output()).toContain(`Examples:\n  trader ${typed}`);
      expect(output()).toContain('Exit codes:');
    },
  );

  test('every command with a result has --json', () => {
    const without = leaves(createCli()).filter(({ command }) => !command.options.some(({ long }) => long === '--json'));
    // These two write a log; what simulate --exit-when-done prints is JSON.
    expect(without.map(({ typed }) => typed)).toEqual(['run', 'simulate']);
  });
});

describe('what is typed wrong is refused before anything is opened', () => {
  test.each([
    ['a time that is none', 'replay latest --from soon', /--from.*must be a time/],
    ['a speed that is none', 'replay latest --speed 0', /--speed.*above 0/],
    ['no session', 'replay', /missing required argument 'session'/],
    ['a kind that there is not', 'export --out x --what cats', /--what.*deltas, snapshots, trades, gaps/],
    [
      'a format that there is not',
      'export --out x --format xlsx',
      /--format.*parquet, zst\.parquet, csv, csv\.gz, .*, jsonl\.zst/,
    ],
    [
      'a tape compressed otherwise',
      'tape record --out t.ndjson.xz',
      /--out.*end in \.ndjson, \.ndjson\.gz, .*\.jsonl\.zst/,
    ],
    ['a tape of another kind', 'tape record --out t.csv', /--out.*end in/],
    ['no folder', 'export latest', /--out/],
    ['a duration that is none', 'tape record --out x.ndjson --for ever', /--for.*must be a duration/],
    ['a duration beyond all timers', 'tape record --out x.ndjson --for 90d', /--for.*from 1ms to 24d,/],
    [
      'a duration a moment beyond them',
      `tape record --out x.ndjson --for ${24 * 86_400_000 + 1}`,
      /--for.*from 1ms to 24d,/,
    ],
    ['a number that is no count', 'sessions show latest --gaps 1.5', /--gaps.*whole number from 0 to 2147483647/],
    ['a session and all of them', 'sessions verify latest --all', /a session or --all, not both/],
  ])('%s: %s', async (_name, typed, message) => {
    const { cli, output } = quietCli();
    const parsed = cli.parseAsync(['node', 'trader', ...typed.split(' ')]);
    await expect(parsed).rejects.toBeInstanceOf(CommanderError);
    expect(output()).toMatch(message);
  });
});
