// The program: runs a command, and turns whatever ends it into one line and an exit code.
import { CommanderError } from 'commander';
import { createCli } from './cli/cli.ts';
import { CRASHED, endAtUncaughtErrors, reportCrash } from './log/crash.ts';
import { failureOf, TraderError } from './errors.ts';
import { failureText } from './cli/output/failure-text.ts';
import { logWarnings } from './log/log.ts';
import { neverWait, standardError } from './log/standard-error.ts';
import { onReload } from './cli/reload-signal.ts';
import { endWithLauncher } from './cli/stop-signal.ts';

/** What standard error gets at the end, when nobody reads it. */
const LAST_WORD_MS = 500;

/** `export` and `tape record`. */
const FOR_OTHERS = new Set(['export', 'record']);
/** They read their settings anew; others are over soon, or hold on to what they were asked for. */
const RECORDS = new Set(['run', 'simulate']);

endAtUncaughtErrors();
logWarnings();
endWithLauncher();

// Whoever reads our output may have enough of it, as `head` does. Anything else is a result that is not whole.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || process.exitCode === 1) return;
  standardError.write(`trader: OUT_UNWRITABLE: standard output cannot be written (${error.code ?? error.message})\n`);
  process.exitCode = 1;
});
neverWait(process.stdout);

const cli = createCli();
// What is recorded is its user's alone, whatever its maker's umask is: the embedded database makes files as open as it may.
// An export or a tape is for others, too.
cli.hook('preAction', (_, command) => {
  if (!FOR_OTHERS.has(command.name())) process.umask(0o077);
  if (!RECORDS.has(command.name())) {
    onReload(() => standardError.write('trader: SIGUSR2: this command reads its settings once, and goes on\n'));
  }
});
for (const command of [cli, ...cli.commands, ...cli.commands.flatMap(({ commands }) => commands)]) {
  command.exitOverride();
}

let isHeldUp = false;
try {
  await cli.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed it already; help and version are no errors.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.exitCode = tell(error);
    // Whatever did not end in time would keep the process, and its leases, alive.
    isHeldUp = error instanceof TraderError && error.code === 'DRAIN_TIMEOUT';
  }
}
await standardError.flush(LAST_WORD_MS);
// Results wait for their reader, unless a signal said not to; what was said beside them does not.
if (isHeldUp || Number(process.exitCode) > 128) process.exit();
// Node takes a process that has nothing left to do apart for some ms, in which SIGUSR2 would end it.
if (process.stdout.writableLength === 0) process.exit();
process.stdout.write('', () => process.exit());

/** @returns the exit code */
function tell(error: unknown): number {
  const { code } = failureOf(error);
  const isCrash = code === 'INTERNAL';
  // Results are on standard output; this is none.
  const how = { json: process.argv.includes('--json'), stack: Boolean(process.env['TRADER_STACK']) };
  if (isCrash && !how.json) reportCrash(error);
  else standardError.write(failureText(error, how));
  if (isCrash) return CRASHED;
  return error instanceof TraderError ? error.exitCode : 1;
}
