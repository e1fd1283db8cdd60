// The command line. It names settings and hands them on; what they mean is in config/settings.ts. Commands that
// need the HTTP side or the simulator are loaded when they are asked for: others start without these.
import { exportedKinds, exportFormats, looksLikeUrl } from '@trader/session-store';
import { Command, InvalidArgumentError, Option } from 'commander';
import { showConfig } from './commands/config.ts';
import { migrateDatabase } from './commands/db-migrate.ts';
import { verifyFolder } from './commands/dataset-verify.ts';
import { doctor } from './commands/doctor.ts';
import { exportAsDataset } from './commands/export-dataset.ts';
import { exportSessions, type ExportFlags } from './commands/export.ts';
import { parseTime } from './reading/parse-time.ts';
import { replaySession, type ReplayFlags } from './commands/replay.ts';
import { showSession } from './commands/sessions-show.ts';
import { verifySessions } from './commands/sessions-verify.ts';
import { listSessions } from './commands/sessions.ts';
import type { SimulateFlags } from './commands/simulate.ts';
import { sql } from './commands/sql.ts';
import { isTapeName, TAPE_ENDINGS } from './tape/tape-name.ts';
import { durationBetween, parseDuration } from '../config/duration.ts';
import { CONFIG_FILE, SETTINGS, type Setting } from '../config/settings.ts';
import type { Values } from '../config/load-config.ts';
import { versions } from '../versions.ts';
import { usageError } from './usage-error.ts';

/** The README has the same table. */
const EXIT_CODES = `
Exit codes:
  0         a clean end
  1         something failed while running, a check of doctor did, verify found something broken, or db migrate --check
            something to do
  2         the command line or the configuration is wrong, or names a session that there is not
  70        a mistake in the program itself ended it; the log's last line has its stack trace
  129       SIGHUP (the terminal was closed, or npm is gone) before the work was done
  130, 143  SIGINT or SIGTERM before the work was done; for run, simulate and tape record a second one, a second or
            more after the first`;

const SESSION_HELP = "a session's id, its first 8 characters or more, or latest";
const JSON_ALWAYS = 'the output is JSON anyway; errors are then, too';

export function createCli(): Command {
  const cli = new Command('trader')
    .description("Records Kalshi's order books.")
    .configureOutput({ outputError: (text, write) => write(usageError(text)) })
    .version(versions.trader, '-V, --version', 'print the version')
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
    .action(async (flags: Values) => (await import('./commands/run.ts')).run(flags));

  withSettings(cli.command('simulate'), ({ exchange }) => !exchange)
    .description('record the simulator: recorded tapes, or a generated market')
    .addOption(new Option('--tape <file>', 'NDJSON tape, plain or gzip; may be repeated').argParser(collect))
    .option('--speed <factor>', 'tape speed: a factor of real time, or "max"', speed)
    .option('--generate <markets>', 'how many markets to generate', number)
    .option('--rate <deltas>', 'generated deltas a second over all markets', number)
    .option('--seed <seed>', 'seed of the generated market', number)
    .option('--exit-when-done', 'stop when the tapes are over, and print the totals as JSON')
    .addHelpText('after', examples('trader simulate --tape day.ndjson.gz --speed max --exit-when-done'))
    .action(async ({ tape, speed, generate, rate, seed, exitWhenDone, ...settings }: SimulateFlags & Values) => {
      const flags = { tape, speed, generate, rate, seed, exitWhenDone };
      return (await import('./commands/simulate.ts')).simulate(given(flags), settings);
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

  addSessions(cli);
  addReplay(cli);
  addExport(cli);

  cli
    .command('dataset')
    .description('what export --layout dataset has written')
    .command('verify')
    .description('read a dataset back: sizes, checksums and rows of each file, against its manifest')
    .argument('<folder>', 'the folder of the dataset', path)
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples('trader dataset verify dataset', 'trader dataset verify dataset --json'))
    .action((folder: string, { json }: JsonFlag) => verifyFolder(folder, { json: json ?? false }));

  withDatabase(cli.command('sql'))
    .description('run one read-only query on the recorded tables; prints a line of JSON a row')
    .argument('<query>', 'for example: select market, side, price, delta from deltas limit 5')
    .option('--json', JSON_ALWAYS)
    .addHelpText('after', examples('trader sql "select market, count(*) from deltas group by market"'))
    .action((query: string, { json: _json, ...settings }: JsonFlag & Values) => sql(query, settings));

  withSettings(cli.command('tape').description('frames in a file').command('record'), isOfFeed)
    .description('write the frames of an exchange, or of the built-in simulator, to a tape that simulate --tape plays')
    .requiredOption(
      '--out <file>',
      'a new file, NDJSON: .ndjson or .jsonl, compressed with .gz or .zst behind it',
      tapeName,
    )
    .option('--for <duration>', 'how long (30s, 15m, 24h); without it until Ctrl-C', duration)
    .option('--json', 'totals as one line of JSON')
    .addHelpText(
      'after',
      examples(
        'trader tape record --out gold.ndjson.gz --for 15m --config trader.yaml',
        'trader tape record --out simulator.ndjson --for 10s',
      ),
    )
    .action(async ({ out, for: forMs, json, ...settings }: { out: string; for?: number } & JsonFlag & Values) => {
      const { recordTape } = await import('./commands/tape-record.ts');
      return recordTape({ out, forMs: forMs ?? null, json: json ?? false }, settings);
    });

  withDatabase(cli.command('db').description('the database').command('migrate'))
    .description('bring the tables up to date, and say from which version to which')
    .option('--check', 'change nothing; the exit code is 1 unless they are up to date')
    .option('--json', 'as one line of JSON')
    .addHelpText(
      'after',
      examples('trader db migrate --database postgres://user@127.0.0.1/trader', 'trader db migrate --check --json'),
    )
    .action(({ check, json, ...settings }: { check?: boolean } & JsonFlag & Values) =>
      migrateDatabase({ check: check ?? false, json: json ?? false }, settings),
    );

  return cli;
}

function addSessions(cli: Command): void {
  const sessions = cli.command('sessions').description('what was recorded');

  withDatabase(sessions.command('list'))
    .description('the latest sessions, newest first')
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples('trader sessions list', 'trader sessions list --json --database ./data'))
    .action(({ json, ...settings }: JsonFlag & Values) => listSessions({ json: json ?? false }, settings));

  withDatabase(sessions.command('show'))
    .description('one session: its row, counters, lifetime counters, ledger, and what it continues')
    .argument('<session>', SESSION_HELP)
    .option('--gaps <count>', 'how many gaps of the ledger at most (default: 20)', count)
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples('trader sessions show latest', 'trader sessions show 3f2a90c1 --gaps 500 --json'))
    .action((session: string, { gaps, json, ...settings }: { gaps?: number } & JsonFlag & Values) =>
      showSession(session, { gaps: gaps ?? 20, json: json ?? false }, settings),
    );

  withDatabase(sessions.command('verify'))
    .description('read sessions whole and say, law by law, whether they are as they should be')
    .argument('[session]', `${SESSION_HELP} (default: latest)`)
    .option('--all', 'every session')
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples('trader sessions verify', 'trader sessions verify --all --json'))
    .action((session: string | undefined, { all, json, ...settings }: { all?: boolean } & JsonFlag & Values) => {
      if (all && session !== undefined) sessions.error('error: give a session or --all, not both', { exitCode: 2 });
      return verifySessions(session, { all: all ?? false, json: json ?? false }, settings);
    });
}

function addReplay(cli: Command): void {
  withSpan(withDatabase(cli.command('replay')))
    .description("print a session's records in order, a line of JSON each, its gaps among them")
    .argument('<session>', SESSION_HELP)
    .option('--speed <factor>', 'a factor of real time, or max (default: max)', factor)
    .option('--as-tape', 'as the lines of a tape, which simulate --tape plays')
    .option('--json', JSON_ALWAYS)
    .addHelpText(
      'after',
      examples(
        'trader replay latest | head',
        'trader replay latest --as-tape > day.ndjson',
        'trader replay 3f2a90c1 --markets KXGOLD15M-26AUG102115-15 --speed 10',
        'trader replay latest --from 2026-08-10T21:00 --to 2026-08-10T21:15 > fifteen-minutes.ndjson',
      ),
    )
    .action((session: string, { markets, from, to, speed, asTape, json: _json, ...settings }: ReplayFlags & Values) =>
      replaySession(session, given({ markets, from, to, speed, asTape }), settings),
    );
}

type ExportValues = Partial<ExportFlags> & Pick<ExportFlags, 'out'> & { readonly layout?: string } & Values;

const LAYOUTS = ['files', 'dataset'] as const;

function addExport(cli: Command): void {
  withSpan(withDatabase(cli.command('export')))
    .description('write records to files, and beside them when each market was covered')
    .argument('[sessions...]', `${SESSION_HELP}; without any: all`)
    .requiredOption('--out <folder>', 'made if it is not there; files of the same names are replaced', path)
    .addOption(
      new Option(
        '--layout <layout>',
        'files: one for each kind; dataset: a folder by day and series, which the same command brings up to date',
      )
        .choices(LAYOUTS)
        .default('files'),
    )
    .addOption(
      new Option('--format <format>', 'how they are written and compressed').choices(exportFormats).default('parquet'),
    )
    .option('--what <kinds>', `some of ${exportedKinds.join(',')} (default: all of them)`, kinds)
    .option('--json', 'as one line of JSON')
    .addHelpText(
      'after',
      examples(
        'trader export latest --out export',
        'trader export --format csv --what deltas,trades --markets KXGOLD15M-26AUG102115-15 --out export',
        'trader export --layout dataset --out dataset',
      ),
    )
    .action((sessions: string[], { out, layout, format, what, markets, from, to, json, ...settings }: ExportValues) => {
      const chosen = { what: what ?? exportedKinds, format: format ?? 'parquet', json: json ?? false } as const;
      if (layout === 'dataset') {
        const ofDataset = chosen.format;
        if (ofDataset !== 'parquet' && ofDataset !== 'zst.parquet')
          return cli.error(`error: --layout dataset is for --format parquet or zst.parquet`, { exitCode: 2 });
        const flags = { out, ...chosen, format: ofDataset, ...given({ markets, from, to }) };
        return exportAsDataset(sessions, flags, settings);
      }
      return exportSessions(sessions, { out, ...chosen, ...given({ markets, from, to }) }, settings);
    });
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

const withDatabase = (command: Command): Command => withSettings(command, ({ path }) => path.startsWith('database'));

const isOfFeed = ({ path, exchange }: Setting): boolean =>
  exchange || path === 'channels' || path === 'connections' || path === 'logLevel';

const withSpan = (command: Command): Command =>
  command
    .option('--markets <tickers>', 'only these markets, separated by commas', list)
    .option('--from <time>', 'only what arrived at this time or later: 2026-08-10T21:00Z, or ms since 1970', time)
    .option('--to <time>', 'only what arrived before this time', time);

const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}${EXIT_CODES}`;

/** Without what was not given. */
const given = <T extends object>(flags: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as never;

const collect = (value: string, previous: readonly string[] | undefined): string[] => [
  ...(previous ?? []),
  path(value),
];

/** What was pasted in its place must become no file's name. */
function path(value: string): string {
  if (looksLikeUrl(value)) throw new InvalidArgumentError('It must be a path.');
  return value;
}

function tapeName(value: string): string {
  if (isTapeName(path(value))) return value;
  throw new InvalidArgumentError(`It must end in ${TAPE_ENDINGS.join(', ')}.`);
}

const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function kinds(value: string): ExportFlags['what'] {
  const wanted = list(value);
  const wrong = wanted.find((item) => !exportedKinds.some((kind) => kind === item));
  if (wrong !== undefined || wanted.length === 0) {
    throw new InvalidArgumentError(`It must be some of ${exportedKinds.join(', ')}.`);
  }
  return exportedKinds.filter((kind) => wanted.includes(kind));
}

function time(value: string): number {
  const atMs = parseTime(value);
  if (atMs === null) throw new InvalidArgumentError('It must be a time, as 2026-08-10T21:00Z, or ms since 1970.');
  return atMs;
}

/** Node's timers go no further than 24.8 days. */
const LONGEST_MS = 24 * 86_400_000;

function duration(value: string): number {
  const durationMs = parseDuration(value);
  if (durationMs === null || durationMs < 1 || durationMs > LONGEST_MS) {
    throw new InvalidArgumentError(`It must be ${durationBetween(1, LONGEST_MS)}.`);
  }
  return durationMs;
}

function number(value: string): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed)) throw new InvalidArgumentError('It must be a number.');
  return parsed;
}

/** Of a `limit` in PostgreSQL's integers. */
const MOST_ROWS = 2 ** 31 - 1;

function count(value: string): number {
  const parsed = number(value);
  if (!Number.isInteger(parsed) || parsed < 0 || parsed > MOST_ROWS) {
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${MOST_ROWS}.`);
  }
  return parsed;
}

const speed = (value: string): number | 'max' => (value === 'max' ? value : number(value));

function factor(value: string): number | 'max' {
  const parsed = speed(value);
  if (parsed !== 'max' && parsed <= 0) throw new InvalidArgumentError('It must be above 0, or max.');
  return parsed;
}
