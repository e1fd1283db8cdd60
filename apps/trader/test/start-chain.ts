// `npm start` as a tree of processes, whose links can be told to end one by one. Linux only: it looks into /proc.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSessionStore } from '@trader/session-store';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { vi } from 'vitest';
import { cleanEnvironment } from './program.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SPY = fileURLToPath(new URL('stop-chain-spy.mjs', import.meta.url));
export const WAIT = { timeout: 60_000, interval: 50 };

export const LINKS = ['npm', 'script', 'trader'] as const;
type Link = (typeof LINKS)[number];

/** `npm start`, recording the simulator, by itself or as the only program of a terminal. */
export class Chain implements AsyncDisposable {
  readonly #mark = randomUUID();
  readonly #folder: TemporaryFolder = temporaryFolder('trader-chain-');
  readonly #database: string;
  readonly #outermost: ChildProcess;
  #log = '';

  private constructor(database: string, inTerminal: boolean) {
    this.#database = database;
    const at = (name: string): string => join(this.#folder.path, name);
    writeFileSync(at('trader.yaml'), '');
    const words = ['npm', 'start', '--', '--port', '0', '--database', database, '--spool-dir', at('spool')];
    const [file, ...args] = inTerminal ? ['script', '-qec', words.join(' '), '/dev/null'] : words;
    const env = cleanEnvironment({
      TRADER_BUILT: '1',
      TRADER_CONFIG: at('trader.yaml'),
      STOP_CHAIN_FOLDER: this.#folder.path,
      STOP_CHAIN_MARK: this.#mark,
      NODE_OPTIONS: `--import ${SPY}`,
    });
    // A process group of its own, so that what is sent to it reaches nobody else.
    this.#outermost = spawn(file!, args, { cwd: ROOT, env, detached: true });
    // Whoever types reaches nobody once it has ended, which is no mistake of the test's.
    this.#outermost.stdin!.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
    for (const output of [this.#outermost.stdout!, this.#outermost.stderr!]) {
      output.setEncoding('utf8').on('data', (text: string) => (this.#log += text));
    }
  }

  /** Resolves once it records. */
  static async recording(database: string, { inTerminal }: { readonly inTerminal: boolean }): Promise<Chain> {
    const chain = new Chain(database, inTerminal);
    try {
      await chain.#recording();
    } catch (error) {
      await chain[Symbol.asyncDispose]();
      throw error;
    }
    return chain;
  }

  async #recording(): Promise<void> {
    await vi.waitFor(async () => {
      const url = /Status: (http:[\w.:/]+)/.exec(this.#log)?.[1];
      if (!url) throw new Error(`it has not started: ${this.#log.slice(-500)}`);
      const { state, session } = (await (await fetch(url)).json()) as {
        state: string;
        session: { deltas: number } | null;
      };
      if (state !== 'ready' || !session || session.deltas === 0) throw new Error(`it does not record yet: ${state}`);
    }, WAIT);
  }

  kill(link: Link, signal: NodeJS.Signals): void {
    process.kill(this.#pidOf(link), signal);
  }

  /** As somebody at the keyboard does. */
  type(text: string): void {
    this.#outermost.stdin!.write(text);
  }

  /** As the terminal's window does when it is closed. */
  closeTerminal(): void {
    this.#outermost.kill('SIGKILL');
  }

  get log(): string {
    return this.#log;
  }

  /** The trader's own exit code, once nothing of the chain is left. */
  async exitCode(): Promise<number> {
    await this.#gone();
    const file = join(this.#folder.path, 'trader.code');
    if (!existsSync(file)) throw new Error(`the trader did not end by itself: ${this.#log.slice(-2_000)}`);
    return Number(readFileSync(file, 'utf8'));
  }

  async sessions() {
    await using store = await createSessionStore({ url: this.#database });
    return await store.sessions();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of this.#left()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    this.#outermost.kill('SIGKILL');
    await this.#gone();
    this.#folder.remove();
  }

  async #gone(): Promise<void> {
    await vi.waitFor(() => {
      const links = LINKS.filter((link) => existsSync(this.#pidFile(link))).map((link) => this.#pidOf(link));
      // All of /proc is much to read; so it is read once the links themselves are gone.
      const found = this.#left(links);
      const commands = (found.length > 0 ? found : this.#left()).map(({ command }) => command);
      if (commands.length > 0) throw new Error(`left over: ${commands.join('\n')}\n${this.#log.slice(-1_000)}`);
    }, WAIT);
  }

  #pidFile(link: Link): string {
    return join(this.#folder.path, `${link}.pid`);
  }

  #pidOf(link: Link): number {
    return Number(readFileSync(this.#pidFile(link), 'utf8'));
  }

  /** Those that have inherited the mark, and are not only waiting to be buried. */
  #left(among: readonly number[] = everyPid()): readonly { readonly pid: number; readonly command: string }[] {
    return among.flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(this.#mark)) return [];
        return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
      } catch {
        return [];
      }
    });
  }
}

const everyPid = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
