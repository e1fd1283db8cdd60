#!/usr/bin/env node
// The program: runs a command, and turns whatever ends it into one line and an exit code.
import { CommanderError } from 'commander';
import { createCli } from './cli.ts';
import { TraderError } from './errors.ts';
import { failureText } from './failure-text.ts';

const OLDEST_NODE = [22, 18] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(`trader: Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}\n`);
  process.exit(2);
}

// Whoever reads our output may have enough of it, as `head` does. Anything else is a result that is not whole.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || process.exitCode === 1) return;
  process.stderr.write(`trader: OUT_UNWRITABLE: standard output cannot be written (${error.code ?? error.message})\n`);
  process.exitCode = 1;
});

const cli = createCli();
for (const command of [cli, ...cli.commands, ...cli.commands.flatMap(({ commands }) => commands)]) {
  command.exitOverride();
}

try {
  await cli.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed it already; help and version are no errors.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    // Results are on standard output; this is none.
    const how = { json: process.argv.includes('--json'), stack: Boolean(process.env['TRADER_STACK']) };
    process.stderr.write(failureText(error, how));
    process.exitCode = error instanceof TraderError ? error.exitCode : 1;
    // Whatever did not end in time would keep the process, and its leases, alive.
    if (error instanceof TraderError && error.code === 'DRAIN_TIMEOUT') process.exit();
  }
}
