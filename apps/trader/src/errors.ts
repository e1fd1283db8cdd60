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

/**
 * What ended the program, for its one line: the code is ours or a package's.
 *
 * @returns `INTERNAL` for what nobody foresaw
 */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return { code: typeof code === 'string' ? code : 'INTERNAL', message: messageOf(error) };
}
