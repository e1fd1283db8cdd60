// compose.yaml and what lies on top of it: they follow the compose specification, the trader takes its settings from them,
// and nothing can be reached, written or lost that need not be.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@trader/testkit';
import { DCLinter } from 'dclint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseDuration } from '../src/config/duration.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { resolveHttpOptions } from '../src/config/http-options.ts';
import { read, repository } from './dockerfile.ts';

type Mount = string | { readonly type: string; readonly source: string; readonly target: string };
type Service = {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly Mount[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly profiles?: readonly string[];
  readonly stop_grace_period?: string;
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};

type LintResult = { readonly messages: readonly { readonly line: number; readonly message: string }[] };

const base = parse(read('compose.yaml'), { merge: true }) as Compose;
const exchange = parse(read('compose.exchange.yaml')) as Compose;
const { database, trader } = base.services as { database: Service; trader: Service };
const services = Object.entries(base.services);

/** Order is by what belongs together, which a linter cannot know. */
const ORDERS = [
  'service-keys-order',
  'services-alphabetical-order',
  'service-dependencies-alphabetical-order',
  'service-ports-alphabetical-order',
  'top-level-properties-order',
];

function complaintsAbout(file: string, without: readonly string[]): readonly string[] {
  const rules = Object.fromEntries(without.map((rule) => [rule, 0 as const]));
  const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
  // Its declarations leave out file extensions, so that TypeScript does not find the types of what it returns.
  const results = linter.lintFiles([fileURLToPath(new URL(file, repository))], false) as readonly LintResult[];
  expect(results).toHaveLength(1);
  return results.flatMap(({ messages }) => messages.map(({ line, message }) => `${file}:${line}: ${message}`));
}

/** The folder ops/ as somebody has it who has run make-secrets.sh. */
function withSecrets() {
  const folder = temporaryFolder();
  cpSync(new URL('ops/container', repository), join(folder.path, 'container'), { recursive: true });
  const script = join(folder.path, 'container', 'make-secrets.sh');
  const make = () => spawnSync('sh', [script], { encoding: 'utf8' });
  expect(make()).toMatchObject({ status: 0, stderr: '' });
  return {
    make,
    secret: (name: string) => join(folder.path, 'secrets', name),
    [Symbol.dispose]: () => folder.remove(),
  };
}

/** What a container sees as /run/secrets is elsewhere here. */
const inPlace = (environment: Readonly<Record<string, string>>, secret: (name: string) => string) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) =>
      value.startsWith('/run/secrets/') ? [name, secret(basename(value))] : [name, value],
    ),
  );

describe('compose files', () => {
  test('follow the compose specification', () => {
    expect(complaintsAbout('compose.yaml', ORDERS)).toEqual([]);
    // The project's name comes from the file below it.
    expect(complaintsAbout('compose.exchange.yaml', [...ORDERS, 'require-project-name-field'])).toEqual([]);
  });

  test('give the trader settings that it takes, and so record the simulator into PostgreSQL', () => {
    using made = withSecrets();
    const { config } = loadConfig({}, inPlace(trader.environment!, made.secret), { directory: '/nowhere' });
    const { live, spool, retention, http } = config;
    expect({ live, spool, retention }).toEqual({
      live: null,
      spool: { dir: '/data/spool' },
      retention: { maxAgeMs: 90 * 86_400_000 },
    });
    const password = readFileSync(made.secret('database-password'), 'utf8');
    expect(config.database).toEqual({ url: `postgres://trader:${password}@database:5432/trader` });
    expect(resolveHttpOptions(http).token).toBe(readFileSync(made.secret('http-token'), 'utf8'));
  });

  test('record a real exchange with the example of a trader.yaml, whose database and address they replace', () => {
    using made = withSecrets();
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(made.secret('kalshi.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const [mount] = exchange.services['trader']!.volumes as readonly Exclude<Mount, string>[];
    const settings = { ...trader.environment, ...exchange.services['trader']!.environment };
    expect(settings['TRADER_CONFIG']).toBe(mount!.target);
    settings['TRADER_CONFIG'] = fileURLToPath(new URL('apps/trader/trader.example.yaml', repository));
    const { config } = loadConfig({}, inPlace(settings, made.secret), { directory: '/nowhere' });
    expect(config.live?.wsUrl).toContain('demo');
    expect(config).toMatchObject({ http: { host: '0.0.0.0', port: 7070 }, spool: { dir: '/data/spool' } });
    expect(JSON.stringify(config.database)).toContain('@database:5432/');
  });

  test('can be reached from this machine only', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
    expect(trader.ports).toEqual([`127.0.0.1:7070:${trader.environment!['TRADER_PORT']}`]);
    expect(database).toMatchObject({ networks: ['database'] });
    expect(database).not.toHaveProperty('ports');
    expect(base.networks!['database']).toEqual({ internal: true });
  });

  test('take every right away that is not needed', () => {
    for (const [name, service] of services) {
      expect(service, name).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service, name).not.toHaveProperty('privileged');
    }
    expect(trader).toMatchObject({ read_only: true, build: '.' });
    expect(trader).not.toHaveProperty('cap_add');
  });

  test('come back by themselves, and wait for a database that answers over TCP', () => {
    for (const [name, { restart }] of services) expect(restart, name).toBe('unless-stopped');
    expect(trader.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    expect(database.healthcheck!.test).toEqual(expect.arrayContaining(['pg_isready', '--host=127.0.0.1']));
  });

  test('leave more time for a stop than the drain takes', () => {
    const graceMs = parseDuration(trader.stop_grace_period!)!;
    expect(graceMs).toBeGreaterThanOrEqual(2 * parseDuration(trader.environment!['TRADER_DRAIN']!)!);
  });

  test('keep what was recorded: synced commits, and volumes with names', () => {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      expect(database.command).toContain(`${setting}=on`);
    }
    // Of 18 and newer; a mount at the old place, .../data, keeps the image from starting.
    expect(database).toMatchObject({ image: 'postgres:18', volumes: ['database:/var/lib/postgresql'] });
    expect(trader.volumes).toEqual(['data:/data']);
    expect(Object.keys(base.volumes!)).toEqual(expect.arrayContaining(['database', 'data']));
  });

  test('mount files that are there', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes).filter((mount) => typeof mount === 'string');
    const files = mounts.filter((mount) => mount.startsWith('./')).map((mount) => mount.split(':'));
    expect(files.length).toBeGreaterThan(3);
    for (const [path, , mode] of files) {
      expect(existsSync(new URL(path!, repository)), path).toBe(true);
      expect(mode, path).toBe('ro');
    }
  });

  test('let Prometheus ask the trader, with its token and the rules of ops/', () => {
    const { rule_files, scrape_configs } = parse(read('ops/container/prometheus.yaml'));
    expect(rule_files).toEqual(['alerts.yaml']);
    expect(base.services['prometheus']!.volumes).toContain(
      './ops/prometheus/alerts.yaml:/etc/prometheus/alerts.yaml:ro',
    );
    expect(scrape_configs).toEqual([
      {
        job_name: 'trader',
        authorization: { credentials_file: trader.environment!['TRADER_HTTP_TOKEN_FILE'] },
        static_configs: [{ targets: [`trader:${trader.environment!['TRADER_PORT']}`] }],
      },
    ]);
  });
});

describe('make-secrets.sh', () => {
  test('makes every secret of compose.yaml, and each of them once', () => {
    using made = withSecrets();
    const names = Object.entries(base.secrets).map(([name, { file }]) => {
      expect(file).toBe(`ops/secrets/${name}`);
      return name;
    });
    const contents = () => names.map((name) => readFileSync(made.secret(name), 'utf8'));
    const first = contents();
    for (const secret of first) expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(first).size).toBe(names.length);
    expect(made.make()).toMatchObject({ status: 0, stdout: '' });
    expect(contents()).toEqual(first);
  });

  test('closes the folder to others, and leaves the files to the users in the containers', () => {
    using made = withSecrets();
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(modeOf(made.secret(''))).toBe('700');
    expect(modeOf(made.secret('http-token'))).toBe('644');
    chmodSync(made.secret(''), 0o755);
    made.make();
    expect(modeOf(made.secret(''))).toBe('700');
  });
});
