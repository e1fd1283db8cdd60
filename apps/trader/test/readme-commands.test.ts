// The commands that the repository's README prints, as they stand there.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { createCli } from '../src/cli/cli.ts';
import { newDatabase } from './databases.ts';
import { read, repository } from './dockerfile.ts';
import { makeTape } from './make-tape.ts';
import { cleanEnvironment } from './program.ts';

const readme = read('README.md');
const lines = [...readme.matchAll(/^npm (?:start|run)\b.*$/gm)].map(([line]) => line);
const lineOf = (command: string): string => lines.find((line) => line.includes(` -- ${command} `)) ?? '';

/** Built already: other tests run what was built. */
function inShell(line: string, environment: NodeJS.ProcessEnv = {}) {
  const env = cleanEnvironment({ TRADER_BUILT: '1', ...environment });
  return spawnSync(line, { shell: true, cwd: fileURLToPath(repository), env, encoding: 'utf8' });
}

const noNpm = inShell('npm --version').status !== 0;

describe.skipIf(noNpm)(`the README's commands${noNpm ? ' (skipped: npm is not here)' : ''}`, () => {
  test('are of the app', () => {
    const commands = createCli().commands.map((command) => command.name());
    for (const [, words] of readme.matchAll(/npm (?:start|run(?: --silent)? trader) -- ([a-z]\w*)/g)) {
      expect(commands).toContain(words);
    }
    expect(readme).not.toMatch(/exec node apps/);
  });

  test('record a tape, and read what was recorded, with nothing else on standard output', async () => {
    // In place of the embedded database, which takes longer to make.
    const database = await newDatabase();
    using folder = temporaryFolder();
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at('day.ndjson'), makeTape(['KXA-1', 'KXB-2'], 50));
    writeFileSync(at('trader.yaml'), `http: { port: 0 }\nspool: { dir: ${at('spool')} }\n`);
    const placed = (line: string): string =>
      line
        .replace('--tape day.ndjson.gz', `--tape ${at('day.ndjson')}`)
        .replace('--database data', `--database ${database}`);
    const run = (line: string) => inShell(placed(line), { TRADER_CONFIG: at('trader.yaml') });

    const simulated = run(lineOf('simulate'));
    expect(simulated.status, simulated.stderr).toBe(0);
    expect(JSON.parse(simulated.stdout)).toMatchObject({ status: 'closed', deltas: 50, markets: 2 });

    const sql = run(lineOf('sql'));
    expect(sql.status, sql.stderr).toBe(0);
    const rows = sql.stdout.trim().split('\n');
    expect(rows).toHaveLength(5);
    for (const row of rows)
      expect(Object.keys(JSON.parse(row) as object)).toEqual(['market', 'side', 'price', 'delta']);

    const asJson = run('npm run --silent trader -- sessions list --json --database data');
    expect(JSON.parse(asJson.stdout)).toHaveLength(1);
    const started = run('npm start -- sessions list --database data');
    expect(started.status, started.stderr).toBe(0);
    expect(started.stdout).toContain('closed');
  });
});
