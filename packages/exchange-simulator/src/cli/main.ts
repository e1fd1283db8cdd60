#!/usr/bin/env node
// The command: starts an exchange, says where it is, and ends it on a signal.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type CommandLine, inFlags, parseCommandLine, USAGE, UsageError } from './command-line.ts';
import { parseFaultScript } from '../core/faults/fault-script.ts';
import { ExchangeError, type ExchangeErrorCode } from '../errors.ts';
import { createExchange, type Exchange } from '../exchange.ts';

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
  if (commandLine.help) {
    process.stdout.write(USAGE);
    return;
  }
  const asked = untilSignal();
  const { options, faultsFile } = commandLine;
  const faults = faultsFile === undefined ? [] : parseFaultScript(await readScript(faultsFile), faultsFile);
  const exchange = await createExchange({ ...options, faults });
  let keyFile: KeyFile | undefined;
  try {
    keyFile = await writeKey(exchange, commandLine.keyFile);
    process.stdout.write(announcement(exchange, keyFile.path, commandLine));
    void exchange.finished.then(() => tellEnd(exchange));
    await asked;
  } finally {
    await exchange.close();
    await keyFile?.remove();
    if (exchange.recordingFailure) fail(exchange.recordingFailure);
  }
}

async function readScript(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--faults ${file} cannot be read (${(error as Error).message}).`);
  }
}

/** Resolves at the first signal; a second one ends the process where it is. */
async function untilSignal(): Promise<void> {
  await new Promise<void>((resolveSignal) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolveSignal());
  });
}

interface KeyFile {
  readonly path: string;
  /** The key dies with its exchange, and its file with it. */
  remove(): Promise<void>;
}

async function writeKey({ credentials }: Exchange, file: string | undefined): Promise<KeyFile> {
  const path = file === undefined ? join(await mkdtemp(join(tmpdir(), 'kalshi-simulator-')), 'key.pem') : resolve(file);
  try {
    // `wx`: a file that is there may be somebody's real key.
    await writeFile(path, credentials.privateKeyPem, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(
      isThere
        ? `--key-out ${path} is there already. Name a new file, or remove it.`
        : `--key-out ${path} cannot be written (${(error as Error).message}).`,
    );
  }
  return { path, remove: () => rm(file === undefined ? dirname(path) : path, { recursive: true, force: true }) };
}

function announcement(exchange: Exchange, keyFile: string, { json, showsKey }: CommandLine): string {
  const { url, restUrl, credentials, markets } = exchange;
  const { keyId, keyType, privateKeyPem } = credentials;
  if (json) {
    const key = { keyId, keyType, keyFile, ...(showsKey && { privateKeyPem }) };
    return `${JSON.stringify({ url, restUrl, ...key, markets: markets.length })}\n`;
  }
  return [
    `WebSocket  ${url}`,
    `REST       ${restUrl}`,
    `Key id     ${keyId}`,
    `Key file   ${keyFile} (${keyType})`,
    `Markets    ${markets.length}, from ${markets[0]} to ${markets.at(-1)}`,
    ...(showsKey ? [privateKeyPem.trimEnd()] : []),
    '',
  ].join('\n');
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
