// OPERATIONS.md and the unit: whoever is woken by an alert finds it there, links lead somewhere, and the unit gives the
// trader what it takes.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createCli } from '../src/cli/cli.ts';
import { parseDuration } from '../src/config/duration.ts';
import { CONFIG_FILE, SETTINGS } from '../src/config/settings.ts';
import { read, repository } from './dockerfile.ts';

const PAGES = ['apps/trader/OPERATIONS.md', 'ops/README.md', 'README.md'];
const page = read(PAGES[0]!);

/** As GitHub makes them of headings. */
const anchorsOf = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(/\s/g, '-'),
  );

describe('OPERATIONS.md', () => {
  test('has a line for each alert, and for no other', () => {
    const { groups } = parse(read('ops/prometheus/alerts.yaml')) as { groups: { rules: { alert: string }[] }[] };
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const lines = [...page.matchAll(/^\| `(Trader\w+)` \| .{10,} \| .{10,} \|$/gm)].map(([, alert]) => alert);
    expect(lines).toHaveLength(alerts.length);
    expect(new Set(lines)).toEqual(new Set(alerts));
  });

  test('names only commands that there are', () => {
    const known = createCli().commands.flatMap((command) => [
      command.name(),
      ...command.commands.map((inner) => `${command.name()} ${inner.name()}`),
    ]);
    const named = [...page.matchAll(/(?:`trader|run --rm trader|main\.js) ([a-z]+(?: [a-z]+)?)/g)].map(
      ([, words]) => words!,
    );
    expect(named.length).toBeGreaterThan(5);
    const unknown = named.filter((words) => !known.includes(words) && !known.includes(words.split(' ')[0]!));
    expect(unknown).toEqual([]);
  });

  test.each(PAGES)('links to what is there: %s', (path) => {
    const base = new URL(path, repository);
    for (const [, target] of read(path).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [file, anchor] = target!.split('#');
      const linked = file === '' ? base : new URL(file!, base);
      expect(existsSync(linked), target).toBe(true);
      if (anchor === undefined) continue;
      expect(anchorsOf(read(linked.href.slice(repository.href.length))), target).toContain(anchor);
    }
  });
});

const noSystemd = spawnSync('systemd-analyze', ['--version']).error !== undefined;

describe('trader.service', () => {
  const lines = read('ops/systemd/trader.service').split('\n');
  const values = (key: string) =>
    lines.flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));

  test('leaves more time for a stop than the drain takes, and does not try a wrong configuration again', () => {
    const drain = SETTINGS.find(({ path }) => path === 'drainMs')!.fallback!;
    expect(parseDuration(values('TimeoutStopSec')[0]!)).toBeGreaterThanOrEqual(2 * parseDuration(drain)!);
    expect(values('Restart')).toEqual(['always']);
    expect(values('RestartPreventExitStatus')).toEqual(['2']);
  });

  test('is reloaded by the signal that the trader takes for it', () => {
    expect(values('ExecReload')).toEqual(['/bin/kill -USR2 $MAINPID']);
  });

  test.skipIf(noSystemd)(
    `is a unit as systemd has them${noSystemd ? ' (skipped: systemd-analyze is not here)' : ''}`,
    () => {
      using folder = temporaryFolder('trader-unit-');
      const unit = join(folder.path, 'trader.service');
      // Programs and users of another machine are not here.
      const text = read('ops/systemd/trader.service').replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
      writeFileSync(unit, text.replace(/^(User|Group)=.*$/gm, '$1=root'));
      const { stderr, status } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
      const said = stderr.split('\n').filter((line) => line.includes('trader.service'));
      expect({ status, said }).toEqual({ status: 0, said: [] });
    },
  );

  test('sets only what is a setting, and hands secrets over as files that it has loaded', () => {
    const known = new Set([...SETTINGS.map(({ env }) => env), CONFIG_FILE.env, 'NODE_ENV']);
    const loaded = values('LoadCredential').map((credential) => `%d/${credential.split(':')[0]}`);
    const files: string[] = [];
    for (const setting of values('Environment')) {
      const [name, value] = setting.split('=');
      expect(known, name).toContain(name);
      if (value!.startsWith('%d/')) files.push(value!);
    }
    expect(files).toEqual(loaded);
  });
});
