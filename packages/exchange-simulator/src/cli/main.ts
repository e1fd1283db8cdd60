#!/usr/bin/env node
// The command: starts an exchange, says where it is, and ends it on a signal or when it was closed over HTTP.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type CommandLine, inFlags, parseCommandLine, USAGE, UsageError } from './command-line.ts';
import { parseFaultScript } from '../core/faults/fault-script.ts';
import { ExchangeError, type ExchangeErrorCode } from '../errors.ts';
import { createExchange, type Exchange } from '../exchange.ts';
import type { ExchangeOptions } from '../options.ts';
import manifest from '../../package.json' with { type: 'json' };

/** What is wrong with what was typed, or with a file that was named. */
const inputErrors: readonly ExchangeErrorCode[] = [
  'TAPE_UNREADABLE',
  'TAPE_INVALID',
  'FAULT_SCRIPT_INVALID',
  'FAULT_NOT_POSSIBLE',
  'RECORDING_FAILED',
];

async function main(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.help || commandLine.version) {
    process.stdout.write(commandLine.help ? USAGE : `${manifest.version}\n`);
    return;
  }
  const asked = untilSignal();
  const exchange = await createExchange(await optionsOf(commandLine));
  const files = new SecretFiles();
  try {
    const keyFile = await files.write('--key-out', commandLine.keyFile, 'key.pem', exchange.credentials.privateKeyPem);
    const { certificatePem } = exchange;
    const certificateFile =
      certificatePem === undefined
        ? undefined
        : await files.write('--certificate-out', commandLine.certificateFile, 'certificate.pem', certificatePem);
    process.stdout.write(announcement(exchange, { keyFile, certificateFile }, commandLine));
    void exchange.finished.then(() => tellEnd(exchange));
    await Promise.race([asked, exchange.closed]);
  } finally {
    await exchange.close();
    await files.remove();
    if (exchange.recordingFailure) fail(exchange.recordingFailure);
  }
}

async function optionsOf({ options, faultsFile, keys }: CommandLine): Promise<ExchangeOptions> {
  const faults = faultsFile === undefined ? [] : parseFaultScript(await readText('--faults', faultsFile), faultsFile);
  const accepted = keys.map(async ({ keyId, publicKeyFile, channels }) => {
    const publicKeyPem = await readText('--key', publicKeyFile);
    return { keyId, publicKeyPem, ...(channels && { channels }) };
  });
  return { ...options, faults, keys: await Promise.all(accepted) };
}

async function readText(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag} ${file} cannot be read (${(error as Error).message}).`);
  }
}

/** Resolves at the first signal; a second one ends the process where it is. */
async function untilSignal(): Promise<void> {
  await new Promise<void>((resolveSignal) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolveSignal());
  });
}

/** Files that die with their exchange, readable by their owner only. */
class SecretFiles {
  readonly #made: string[] = [];
  #folder: string | undefined;

  /**
   * @param flag names it in messages
   * @param file where it is wanted; otherwise it is called `name` in a temporary folder
   */
  async write(flag: string, file: string | undefined, name: string, text: string): Promise<string> {
    const path = file === undefined ? join(await this.#temporaryFolder(), name) : resolve(file);
    try {
      // `wx`: a file that is there may be somebody's real key.
      await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
      throw new UsageError(
        isThere
          ? `${flag} ${path} is there already. Name a new file, or remove it.`
          : `${flag} ${path} cannot be written (${(error as Error).message}).`,
      );
    }
    this.#made.push(path);
    return path;
  }

  async remove(): Promise<void> {
    for (const path of this.#made) await rm(path, { force: true });
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async #temporaryFolder(): Promise<string> {
    return (this.#folder ??= await mkdtemp(join(tmpdir(), 'kalshi-simulator-')));
  }
}

interface Files {
  readonly keyFile: string;
  readonly certificateFile: string | undefined;
}

function announcement(exchange: Exchange, files: Files, { json, showsKey }: CommandLine): string {
  const { url, restUrl, credentials, markets } = exchange;
  const { keyId, keyType, privateKeyPem } = credentials;
  const { keyFile, certificateFile } = files;
  const environment = environmentOf(exchange, files);
  if (json) {
    const key = { keyId, keyType, keyFile, ...(showsKey && { privateKeyPem }) };
    const certificate = certificateFile === undefined ? {} : { certificateFile };
    return `${JSON.stringify({ url, restUrl, ...key, ...certificate, markets: markets.length, environment })}\n`;
  }
  return [
    `WebSocket  ${url}`,
    `REST       ${restUrl}`,
    `Key id     ${keyId}`,
    `Key file   ${keyFile} (${keyType})`,
    ...(certificateFile === undefined ? [] : [`Trust      ${certificateFile}`]),
    `Markets    ${markets.length}, from ${markets[0]} to ${markets.at(-1)}`,
    `Control    ${new URL('/control/', restUrl).href}`,
    ...(showsKey ? [privateKeyPem.trimEnd()] : []),
    '',
    ...Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`),
    '',
    '',
  ].join('\n');
}

/** What starter code and clients read from the environment; there is no one name for anything. */
function environmentOf({ url, restUrl, credentials }: Exchange, { keyFile, certificateFile }: Files) {
  return {
    KALSHI_API_KEY_ID: credentials.keyId,
    KALSHI_API_KEY: credentials.keyId,
    KALSHI_KEY_ID: credentials.keyId,
    KALSHI_PRIVATE_KEY_PATH: keyFile,
    KALSHI_PRIVATE_KEY_FILE: keyFile,
    KALSHI_BASE_URL: restUrl,
    KALSHI_API_URL: restUrl,
    KALSHI_WS_URL: url,
    ...(certificateFile !== undefined && { NODE_EXTRA_CA_CERTS: certificateFile }),
  };
}

/** The exchange stays open for those who are connected. */
function tellEnd({ failure }: Exchange): void {
  if (failure?.code === 'CLOSED_BEFORE_END') return;
  if (failure) fail(failure);
  else process.stderr.write('The tapes were played to their end.\n');
}

function fail({ message }: Error): void {
  process.stderr.write(`kalshi-simulator: ${message}\n`);
  process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`kalshi-simulator: ${inFlags(message)}\n`);
  const isInput =
    error instanceof UsageError ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    (ExchangeError.isInstance(error) && inputErrors.includes(error.code));
  process.exitCode = isInput ? 2 : 1;
}
