// A trader as a process of its own that records the built-in simulator, to be fuzzed: whether it lives, records, and is ready.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import type { Status } from '../../src/status.ts';
import { cleanEnvironment, commandLine } from '../program.ts';
import { exchange, outcomeOf, requestOf } from '../raw-client.ts';
import type { FuzzTargetFacts } from './fuzz-case.ts';

const LOG_KEPT = 100_000;

/** It answers so many requests that what optimizes its code is worth its time. */
const forLong = (nodeOptions = '') => nodeOptions.replace(/--import=\S*short-lived\.mjs/, '');

export class FuzzTarget implements AsyncDisposable {
  readonly token: string | null;
  readonly #child: ChildProcess;
  readonly #folder: TemporaryFolder;
  #log = '';
  #base = '';
  #markets: readonly string[] = [];

  private constructor(database: string, token: string | null) {
    this.token = token;
    this.#folder = temporaryFolder('trader-fuzz-');
    const tokenFile = join(this.#folder.path, 'token');
    if (token !== null) writeFileSync(tokenFile, token);
    const settings = {
      TRADER_DATABASE: database,
      TRADER_SPOOL_DIR: join(this.#folder.path, 'spool'),
      TRADER_PORT: '0',
      ...(token !== null && { TRADER_HTTP_TOKEN_FILE: tokenFile }),
    };
    const [file, ...args] = commandLine(['simulate', '--generate', '20', '--rate', '200']);
    this.#child = spawn(file!, args, {
      cwd: this.#folder.path,
      env: cleanEnvironment({ ...settings, NODE_OPTIONS: forLong(process.env['NODE_OPTIONS']) }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child
      .stderr!.setEncoding('utf8')
      .on('data', (text: string) => (this.#log = (this.#log + text).slice(-LOG_KEPT)));
  }

  /** Resolves once it is ready. @param database URL of an empty PostgreSQL database */
  static async start(database: string, token: string | null = null): Promise<FuzzTarget> {
    const target = new FuzzTarget(database, token);
    await target.#until(() => /Status: (http:[^\s"]+)\/status/.test(target.#log));
    target.#base = /Status: (http:[^\s"]+)\/status/.exec(target.#log)![1]!;
    await target.untilReady();
    target.#markets = (await target.status()).books.map(({ market }) => market);
    return target;
  }

  get base(): string {
    return this.#base;
  }

  get facts(): FuzzTargetFacts {
    return { markets: this.#markets, token: this.token };
  }

  /** The end of what it has logged. */
  get log(): string {
    return this.#log;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The status code of a path, asked on a connection of its own. */
  async answer(path: string): Promise<number> {
    return outcomeOf(await this.#ask(path))[0];
  }

  async untilReady(): Promise<void> {
    await this.#until(async () => (await this.answer('/readyz')) === 200);
  }

  async status(): Promise<Status> {
    const received = await this.#ask('/status');
    return JSON.parse(received.slice(received.indexOf('\r\n\r\n'))) as Status;
  }

  /** A sample of `/metrics`; 0 where there is none. */
  async metrics(): Promise<(sample: string) => number> {
    const samples = new Map(
      (await this.#ask('/metrics')).split('\n').map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))] as const;
      }),
    );
    return (sample) => samples.get(sample) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isAlive) {
      const closed = once(this.#child, 'close');
      this.#child.kill('SIGTERM');
      await closed;
    }
    this.#folder.remove();
  }

  #ask(path: string): Promise<string> {
    const lines = this.token === null ? [] : [`Authorization: Bearer ${this.token}`];
    return exchange(this.#base, requestOf(path, ['Connection: close', ...lines]));
  }

  async #until(fits: () => boolean | Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + 60_000;
    while (!(await fits())) {
      if (!this.isAlive || performance.now() > deadlineMs) {
        throw new Error(`the target ${this.isAlive ? 'is not ready' : 'has ended'}:\n${this.#log.slice(-3_000)}`);
      }
      await new Promise((resolve) => void setTimeout(resolve, 25));
    }
  }
}
