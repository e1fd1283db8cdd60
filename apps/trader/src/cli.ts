// The command line. It names settings and hands them on; what they mean is in config-settings.ts and config-schema.ts.
import { Command, InvalidArgumentError, Option } from 'commander';
import { showConfig } from './commands/config.ts';
import { doctor } from './commands/doctor.ts';
import { run } from './commands/run.ts';
import { listSessions } from './commands/sessions.ts';
import { simulate, type SimulateFlags } from './commands/simulate.ts';
import { sql } from './commands/sql.ts';
import { CONFIG_FILE, SETTINGS, type Setting } from './config-settings.ts';
import type { Values } from './config.ts';

/** The README has the same table. */
const EXIT_CODES = `
Exit codes:
  0         a clean end
  1         something failed while running, or a check of doctor did
  2         the command line or the configuration is wrong
  130, 143  a second SIGINT or SIGTERM: it ended at once`;

export function createCli(): Command {
  const cli = new Command('trader')
    .description("Records Kalshi's order books.")
    .showHelpAfterError('(--help lists the options)')
    .addHelpText('after', EXIT_CODES);

  withSettings(cli.command('run'), () => true)
    .description('record an exchange, or the built-in simulator if none is named, until Ctrl-C')
    .addHelpText(
      'after',
      examples(
        'trader run',
        'trader run --exchange demo --key-id … --key-file kalshi.pem --series KXGOLD15M',
        'trader run --config trader.yaml --log-level debug',
      ),
    )
    .action((flags: Values) => run(flags));

  withSettings(cli.command('simulate'), ({ exchange }) => !exchange)
    .description('record the simulator: recorded tapes, or a generated market')
    .addOption(new Option('--tape <file>', 'NDJSON tape, plain or gzip; may be repeated').argParser(collect))
    .option('--speed <factor>', 'tape speed: a factor of real time, or "max"', speed)
    .option('--generate <markets>', 'how many markets to generate', number)
    .option('--rate <deltas>', 'generated deltas a second over all markets', number)
    .option('--seed <seed>', 'seed of the generated market', number)
    .option('--exit-when-done', 'stop when the tapes are over, and print the totals as JSON')
    .addHelpText('after', examples('trader simulate --tape day.ndjson.gz --speed max --exit-when-done'))
    .action(({ tape, speed, generate, rate, seed, exitWhenDone, ...settings }: SimulateFlags & Values) => {
      const flags = { tape, speed, generate, rate, seed, exitWhenDone };
      return simulate(Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)), settings);
    });

  withSettings(cli.command('config'), () => true)
    .description('print every setting as it would be used, secrets masked, and where it comes from')
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples('trader config', 'trader config --config trader.yaml --json'))
    .action(({ json, ...flags }: JsonFlag & Values) => showConfig({ json: json ?? false }, flags));

  withSettings(cli.command('doctor'), () => true)
    .description('check what a recording needs: one line each, with what to do about it')
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples('trader doctor --config trader.yaml', 'trader doctor --json'))
    .action(({ json, ...flags }: JsonFlag & Values) => doctor({ json: json ?? false }, flags));

  withDatabase(cli.command('sessions').description('what was recorded').command('list'))
    .description('the latest sessions, newest first')
    .option('--json', 'as one line of JSON')
    .action(({ json, ...settings }: JsonFlag & Values) => listSessions({ json: json ?? false }, settings));

  withDatabase(cli.command('sql'))
    .description('run one read-only query on the recorded tables; prints a line of JSON a row')
    .argument('<query>', 'for example: select market, side, price, delta from deltas limit 5')
    .action((query: string, settings: Values) => sql(query, settings));

  return cli;
}

type JsonFlag = { readonly json?: boolean };

/** The flags of those settings that the command takes. */
function withSettings(command: Command, takes: (setting: Setting) => boolean): Command {
  command.option(`${CONFIG_FILE.flag} <path>`, `YAML or JSON file (default: ${CONFIG_FILE.fallback} if it is there)`);
  for (const setting of SETTINGS.filter(takes)) {
    const { flag, value, help, fallback } = setting;
    command.option(`${flag} <${value}>`, fallback === undefined ? help : `${help} (default: ${fallback})`);
  }
  return command;
}

const withDatabase = (command: Command): Command =>
  withSettings(command, ({ path }) => path === 'database' || path === 'databasePasswordFile');

const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}${EXIT_CODES}`;

const collect = (value: string, previous: readonly string[] | undefined): string[] => [...(previous ?? []), value];

function number(value: string): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed)) throw new InvalidArgumentError('It must be a number.');
  return parsed;
}

const speed = (value: string): number | 'max' => (value === 'max' ? value : number(value));
