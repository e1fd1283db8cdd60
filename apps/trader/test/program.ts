// The built program, which starts twice as fast as its sources, as a process of its own that is asked over HTTP.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** What a shell would be given to start it. */
export const commandLine = (args: readonly string[], nodeArgs: readonly string[] = []): readonly string[] => [
  process.execPath,
  ...nodeArgs,
  MAIN,
  ...args,
];

/** Without the settings of whoever runs the tests. */
export const cleanEnvironment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TRADER_|npm_)/i.test(name))),
  ...more,
});

export type ProgramOptions = {
  readonly cwd: string;
  readonly stdio?: StdioOptions;
  readonly env?: NodeJS.ProcessEnv;
  readonly nodeArgs?: readonly string[];
};

export class Program implements AsyncDisposable {
  readonly child: ChildProcess;
  /** With the exit code, or the signal's name. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], { cwd, stdio = 'pipe', env = {}, nodeArgs }: ProgramOptions) {
    const [file, ...rest] = commandLine(args, nodeArgs);
    // However busy the machine is, there is time for a clean end.
    this.child = spawn(file!, rest, { cwd, stdio, env: cleanEnvironment({ TRADER_DRAIN: '120s', ...env }) });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  }

  /** The log's lines, each of which must be JSON. */
  get lines(): readonly Readonly<Record<string, unknown>>[] {
    return this.stderr
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** Does it every 200 ms until disposed of: signals that come within a second of the first are the same wish. */
export function again(signal: () => void): Disposable {
  const timer = setInterval(signal, 200);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** A port that was free a moment ago, for whoever cannot be asked which one it has got. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

type Wanted = { readonly state: string; readonly session: { readonly id: string; readonly deltas: number } | null };

/** The status once it is `ready` and has recorded more than `deltas`. */
export const recording = (port: number, deltas = 0) =>
  vi.waitFor(
    async () => {
      const response = await fetch(`http://127.0.0.1:${port}/status`, { signal: AbortSignal.timeout(5_000) });
      const status = (await response.json()) as Wanted & { readonly log?: { readonly droppedLines: number } };
      const { state, session } = status;
      if (state !== 'ready' || !session || session.deltas <= deltas) {
        throw new Error(`not recording yet: ${state}, ${session?.deltas ?? 'no'} deltas`);
      }
      return { ...status, session };
    },
    { timeout: 45_000, interval: 100 },
  );
