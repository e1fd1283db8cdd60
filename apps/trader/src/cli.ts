// The command line. It names settings and hands them on; what they mean is in config.ts.
import { Command, InvalidArgumentError, Option } from 'commander';
import { run } from './commands/run.ts';
import { listSessions } from './commands/sessions.ts';
import { simulate, type SimulateFlags } from './commands/simulate.ts';
import { sql } from './commands/sql.ts';
import type { Values } from './config.ts';

const DATABASE = 'postgres:// URL, or a folder for the embedded database (default: data)';

export function createCli(): Command {
  const cli = new Command('trader')
    .description("Records Kalshi's order books.")
    .showHelpAfterError('(--help lists the options)');

  recording(cli.command('run'))
    .description('record an exchange, or the built-in simulator if none is named, until Ctrl-C')
    .option('--ws-url <url>', "the exchange's WebSocket (default: production)")
    .option('--key-id <id>', 'API key id')
    .option('--key-file <path>', 'file with the private key, PEM')
    .option('--markets <tickers>', 'tickers, separated by commas')
    .action((flags: Values) => run(flags));

  recording(cli.command('simulate'))
    .description('record the simulator: recorded tapes, or a generated market')
    .addOption(new Option('--tape <file>', 'NDJSON tape, plain or gzip; may be repeated').argParser(collect))
    .option('--speed <factor>', 'tape speed: a factor of real time, or "max"', speed)
    .option('--generate <markets>', 'how many markets to generate', number)
    .option('--rate <deltas>', 'generated deltas a second over all markets', number)
    .option('--seed <seed>', 'seed of the generated market', number)
    .option('--exit-when-done', 'stop when the tapes are over, and print the totals as JSON')
    .action(({ tape, speed, generate, rate, seed, exitWhenDone, ...settings }: SimulateFlags & Values) => {
      const flags = { tape, speed, generate, rate, seed, exitWhenDone };
      return simulate(Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)), settings);
    });

  cli
    .command('sessions')
    .description('what was recorded')
    .command('list')
    .description('the latest sessions, newest first')
    .option('--json', 'as one line of JSON')
    .option('--database <where>', DATABASE)
    .action(({ json, ...settings }: { json?: boolean } & Values) => listSessions({ json: json ?? false }, settings));

  cli
    .command('sql')
    .description('run one read-only query on the recorded tables; prints a line of JSON a row')
    .argument('<query>', 'for example: select market, side, price, delta from deltas limit 5')
    .option('--database <where>', DATABASE)
    .action((query: string, settings: Values) => sql(query, settings));

  return cli;
}

const recording = (command: Command): Command =>
  command
    .option('--database <where>', DATABASE)
    .option('--port <port>', 'port of the status page on 127.0.0.1, 0 for any free one (default: 7070)')
    .option('--recorder <name>', 'who records, for the sessions table (default: trader)')
    .option('--log-level <level>', 'debug, info, warn, error or silent (default: info)');

const collect = (value: string, previous: readonly string[] | undefined): string[] => [...(previous ?? []), value];

function number(value: string): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed)) throw new InvalidArgumentError('It must be a number.');
  return parsed;
}

const speed = (value: string): number | 'max' => (value === 'max' ? value : number(value));
