// Who may reach the HTTP side, and how: loopback for everybody, anything beyond it with a token only.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { clauseOf, fileProblem, messageOf, TraderError } from '../errors.ts';
import { learnSecrets } from '../secrets/known-secrets.ts';

export interface HttpOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** The address that is listened on. Any that is not loopback needs a `tokenFile`. @default '127.0.0.1' */
  readonly host?: string;
  /**
   * File with the token that callers must send as `Authorization: Bearer …`: at least 16 visible characters; white space
   * around it does not count. @default none is asked for
   */
  readonly tokenFile?: string | null;
  /** Files in PEM. With them the server speaks HTTPS and nothing else. @default plain HTTP */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | null;
  /** Further names, without a port, under which a loopback server may be asked for: those of a local proxy. */
  readonly allowedHosts?: readonly string[];
  /** Origins, beside the server's own, whose pages may open `/ws`: `https://desk.example`. */
  readonly allowedOrigins?: readonly string[];
  /** Connections at a time, beside the sockets; whoever comes then takes the place of the one silent for longest. @default 100 */
  readonly maxConnections?: number;
  /** Sockets at a time. @default 50 */
  readonly maxClients?: number;
  /** What may wait in memory for one slow socket before it is dropped, in bytes. @default 1048576 */
  readonly maxBufferedBytes?: number;
  /** Longest that a request, or a TLS handshake, may take to arrive. @default 10000 */
  readonly requestTimeoutMs?: number;
  /** Longest from there until its answer has been read. @default 30000 */
  readonly answerTimeoutMs?: number;
  /** Time between pings; a socket that has not answered one by the next is dropped. @default 30000 */
  readonly pingIntervalMs?: number;
}

export type ResolvedHttpOptions = {
  readonly port: number;
  readonly host: string;
  readonly token: string | null;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly maxConnections: number;
  readonly maxClients: number;
  readonly maxBufferedBytes: number;
  readonly requestTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly pingIntervalMs: number;
};

/** Shorter ones can be guessed by whoever has the time to try. */
const TOKEN = /^[\x21-\x7e]{16,1000}$/;

/** @throws {TraderError} `CONFIG_INVALID`, without the token in its message */
export function resolveHttpOptions(options: HttpOptions): ResolvedHttpOptions {
  const { port, tokenFile = null, tls } = options;
  const host = (options.host ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1');
  if (tokenFile === null && !isLoopback(host)) {
    throw invalid(
      `host: ${host} can be reached from other machines, so a tokenFile is needed too. Give one, or listen on 127.0.0.1`,
    );
  }
  const token = tokenFile === null ? null : readFile('tokenFile', tokenFile, 'the token').trim();
  learnSecrets(token);
  if (token !== null && !TOKEN.test(token)) {
    throw invalid(`tokenFile: ${tokenFile} must hold one token of 16 to 1000 visible ASCII characters`);
  }
  return {
    port,
    host,
    token,
    tls: tls ? readPair(tls) : null,
    allowedHosts: options.allowedHosts ?? [],
    allowedOrigins: (options.allowedOrigins ?? []).map(originOf),
    maxConnections: atLeast('maxConnections', options.maxConnections ?? 100, 1),
    maxClients: atLeast('maxClients', options.maxClients ?? 50, 1),
    maxBufferedBytes: atLeast('maxBufferedBytes', options.maxBufferedBytes ?? 2 ** 20, 1),
    requestTimeoutMs: atLeast('requestTimeoutMs', options.requestTimeoutMs ?? 10_000, 1),
    answerTimeoutMs: atLeast('answerTimeoutMs', options.answerTimeoutMs ?? 30_000, 1),
    pingIntervalMs: atLeast('pingIntervalMs', options.pingIntervalMs ?? 30_000, 1),
  };
}

/** Whether an address can be reached from this machine only. A name other than `localhost` may be anybody's. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** @throws {TraderError} also where the two do not belong together */
function readPair({ certFile, keyFile }: NonNullable<HttpOptions['tls']>): { cert: string; key: string } {
  const cert = readFile('tls.certFile', certFile, 'a PEM certificate');
  const key = readFile('tls.keyFile', keyFile, 'its PEM key');
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw invalid(`tls: ${clauseOf(messageOf(cause))}. Give the files of a PEM certificate and of its key`);
  }
  return { cert, key };
}

function readFile(option: string, path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw invalid(`${option}: ${fileProblem(cause)}. Give the path of a file with ${what}`);
  }
}

function originOf(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null') throw invalid(`allowedOrigins: ${text} is no origin. Example: https://desk.example`);
  return origin;
}

function atLeast(option: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value < 2 ** 31) return value;
  throw invalid(`${option}: must be an integer from ${least}, not ${value}`);
}

const invalid = (message: string): TraderError => new TraderError('CONFIG_INVALID', message, { exitCode: 2 });
