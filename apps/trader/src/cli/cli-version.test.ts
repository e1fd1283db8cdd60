import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { createCli } from './cli.ts';

const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

test.each(['--version', '-V'])('%s prints the version of package.json and nothing else', async (flag) => {
  let output = '';
  const cli = createCli()
    .exitOverride()
    .configureOutput({ writeOut: (text) => (output += text) });
  const parsed = cli.parseAsync(['node', 'trader', flag]);
  await expect(parsed).rejects.toMatchObject({ exitCode: 0 });
  await expect(parsed).rejects.toBeInstanceOf(CommanderError);
  expect(output).toBe(`${(JSON.parse(manifest) as { version: string }).version}\n`);
});
