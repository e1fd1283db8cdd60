// Builds the app and runs it as a direct child on the pinned Node: no npx, pnpm or turbo stands between a signal and the trader.
//
// Signals to this process are handed on as messages, over a channel to the trader: in a terminal Ctrl-C has reached it already,
// and a second signal would end it at once. The end of the parent counts as SIGHUP, since npm dies of that, or of -9, without a
// word. SIGUSR2, at which the trader reads its settings anew, is handed on in the same way. Should this process itself be killed with -9, the system closes the channel, and the trader takes that as SIGHUP.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { root } from './through-pnpm.mjs';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** It would end a process that does not listen. */
const RELOAD_SIGNAL = 'SIGUSR2';
const LOOKS_FOR_PARENT_EVERY_MS = 500;
const isWindows = process.platform === 'win32';

/** What `npm start` hands on: its own words, or `run` and its flags. */
export const startArguments = (args) =>
  args.length > 0 && (!args[0].startsWith('-') || ['--version', '-V'].includes(args[0])) ? args : ['run', ...args];

/** Resolves with the trader's exit code, or that of a build that failed. */
export async function launchTrader(args) {
  const stop = new Stop();
  // What is not read yet need not be read anew.
  const ignore = () => undefined;
  process.on(RELOAD_SIGNAL, ignore);
  try {
    // With TRADER_BUILT whoever calls says that it is built already: the tests do, as they may not build while others run.
    const built = process.env.TRADER_BUILT ? 0 : await build(stop);
    if (stop.signal !== null) return 128 + constants.signals[stop.signal];
    return built === 0 ? await runTrader(args, stop) : built;
  } finally {
    process.off(RELOAD_SIGNAL, ignore);
    stop.ignore();
  }
}

/** The wish to end, from wherever it comes. */
class Stop {
  #listen = () => undefined;
  #take = (signal) => {
    this.signal ??= signal;
    this.#listen(signal);
  };
  #parent = process.ppid;
  #watch = setInterval(() => this.#look(), LOOKS_FOR_PARENT_EVERY_MS);
  /** The first that came. */
  signal = null;

  constructor() {
    for (const signal of STOP_SIGNALS) process.on(signal, this.#take);
    this.#watch.unref();
  }

  /** Calls `listen` for each wish, and at once if one came before. */
  onWish(listen) {
    this.#listen = listen;
    if (this.signal !== null) listen(this.signal);
  }

  #look() {
    if (process.ppid === this.#parent) return;
    clearInterval(this.#watch);
    this.#take('SIGHUP');
  }

  ignore() {
    clearInterval(this.#watch);
    for (const signal of STOP_SIGNALS) process.off(signal, this.#take);
  }
}

/** Installs what is missing and builds. What they say is no result, so it goes to standard error. */
async function build(stop) {
  const turbo = ['turbo', 'run', 'build', '--filter=trader', '--output-logs=errors-only', '--log-order=grouped'];
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const startedByPnpm = (process.env.npm_config_user_agent ?? '').startsWith('pnpm/');
  const [command, ...args] = startedByPnpm ? turbo : ['npx', '-y', packageManager, 'exec', ...turbo];
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
    shell: isWindows,
    // A group of its own: npx hands no signal on to what it has started.
    detached: !isWindows,
  });
  stop.onWish(() => (isWindows ? child.kill() : killGroup(child.pid)));
  return exitOf(child);
}

async function runTrader(args, stop) {
  const pinned = join(root, 'node_modules/.bin', isWindows ? 'node.exe' : 'node');
  const child = spawn(existsSync(pinned) ? pinned : process.execPath, ['apps/trader/dist/main.js', ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // It may be about to end by itself.
  const handOn = (signal) => child.connected && child.send(signal, () => undefined);
  stop.onWish(handOn);
  process.on(RELOAD_SIGNAL, handOn);
  return exitOf(child).finally(() => process.off(RELOAD_SIGNAL, handOn));
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

const exitOf = (child) =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
