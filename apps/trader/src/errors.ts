/** Stable names of what can end the program. The README lists them. */
export type TraderErrorCode =
  | 'CONFIG_INVALID'
  | 'KEY_FILE_UNREADABLE'
  | 'STATUS_PORT_UNAVAILABLE'
  | 'DATABASE_UNAVAILABLE'
  | 'DRAIN_TIMEOUT'
  | 'TAPE_FAILED'
  | 'TAPE_UNWRITABLE'
  | 'SESSION_UNKNOWN'
  | 'SESSION_AMBIGUOUS'
  | 'MARKET_UNKNOWN'
  | 'OUT_UNWRITABLE';

/** Exit codes: 0 a clean end, 1 something failed while running, 2 the configuration is wrong. */
export type ExitCode = 1 | 2;

/** A failure that ends the program with one line. The message names the setting and what to do. */
export class TraderError extends Error {
  override readonly name = 'TraderError';
  readonly code: TraderErrorCode;
  readonly exitCode: ExitCode;

  constructor(
    code: TraderErrorCode,
    message: string,
    { cause, exitCode = 1 }: { cause?: unknown; exitCode?: ExitCode } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'this is a folder',
  EACCES: 'this user may not read the file',
  EPERM: 'this user may not read the file',
  EMFILE: 'this process may open no more files: raise its limit (ulimit -n)',
  ENFILE: 'this machine may open no more files',
  ENAMETOOLONG: 'this is too long for a path',
};

/** Why a file cannot be read. It does not quote the path: where one was asked for, the secret itself may have been given. */
export function fileProblem(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return `${FILE_PROBLEMS[code ?? ''] ?? 'it cannot be read'} (${code ?? 'no reason was given'})`;
}
/** A sentence of somebody else's as a part of ours: without what ends it. */
export const clauseOf = (sentence: string): string => sentence.trim().replace(/[\s.!?…]+$/u, '');

/** One after the other. A message that others wrote may end with a full stop or without; the last sentence has none. */
export const sentences = (...parts: readonly string[]): string =>
  parts.map((part) => part.trim().replace(/(?<!\.)\.$/, '')).join('. ');

/**
 * What ended the program, for its one line: the code is ours or a package's.
 *
 * @returns `INTERNAL` for what nobody foresaw
 */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return { code: typeof code === 'string' ? code : 'INTERNAL', message: messageOf(error) };
}
