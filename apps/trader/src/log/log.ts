// Logs go to standard error, so that standard output carries results only. Every line says which session, state and epoch
// it belongs to; repeated warnings are told once with their number; what looks like a secret is taken out last of all.
import { createRequire } from 'node:module';
import { pino, type DestinationStream, type Logger } from 'pino';
import type PinoPretty from 'pino-pretty';
import {
  initialRateLimit,
  kindOf,
  nextWindowEndMs,
  takeLine,
  windowsOver,
  type Held,
  type RateLimitRules,
} from './rate-limited-log.ts';
import { scrub } from '../secrets/known-secrets.ts';
import type { LogLevel } from './log-levels.ts';
import { setTimer } from '../runtime/set-timer.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';
import { standardError } from './standard-error.ts';

export type Log = Logger;

/** What stands on each line; `null` where there is none. */
export type LogContext = { readonly session: string | null; readonly state: string; readonly epoch: number | null };

type LogOptions = {
  /** Where lines go, for tests. @default standard error */
  readonly destination?: DestinationStream;
  /** @default 5 lines of a kind in 60 s */
  readonly repeats?: RateLimitRules;
};

const WARN = 40;
const REPEATS: RateLimitRules = { burst: 5, windowMs: 60_000, maxKinds: 1_000 };

/** Of lines that come before there is anything to say. */
const NOTHING_YET: LogContext = { session: null, state: 'startup', epoch: null };

const contexts = new WeakMap<object, () => LogContext>();
const repeaters = new WeakMap<object, Repeats>();
let programLog: Log | null = null;

/** Lines for people in a terminal, JSON for machines. */
export function createLog(level: LogLevel, { destination, repeats: rules = REPEATS }: LogOptions = {}): Log {
  const repeats = new Repeats(rules);
  let log: Log | null = null;
  const created: Log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // A new object each time: pino puts the line's own fields into it.
      mixin: () => ({ ...((log && contexts.get(log)?.()) ?? NOTHING_YET) }),
      hooks: {
        logMethod(args, method, lineLevel) {
          if (lineLevel < WARN) return method.apply(this, args);
          repeats.take(
            lineLevel,
            args,
            () => method.apply(this, args),
            (text) => method.apply(this, [text]),
          );
        },
        streamWrite: scrub,
      },
    },
    destination ?? linesToStandardError(),
  );
  log = created;
  repeaters.set(created, repeats);
  if (destination === undefined) {
    programLog = created;
    standardError.onRoom((lines) => tellDropped(created, lines));
  }
  return created;
}

/** The log of the program: what was made last, or else one for warnings, of a command that makes none. */
export const theLog = (): Log => programLog ?? createLog('warn');

/** Node's own warnings, as lines of the log: as Node prints them they would be the only lines that a machine cannot read. */
export function logWarnings(): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    const { code } = warning as NodeJS.ErrnoException;
    theLog().warn({ code: code ?? warning.name }, `${warning.name}: ${warning.message}`);
  });
}

function linesToStandardError(): DestinationStream {
  if (!process.stderr.isTTY) return standardError;
  // Loaded only where there are people: it is a tenth of what a start loads.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
  const forPeople = prettyFactory({ hideObject: true, translateTime: 'SYS:HH:MM:ss.l', messageFormat: textForPeople });
  return { write: (line) => standardError.write(forPeople(line)) };
}

/** A terminal shows no fields, and the code is what people search for. */
export function textForPeople(line: Readonly<Record<string, unknown>>, messageKey: string): string {
  const { [messageKey]: message, code } = line;
  const text = typeof message === 'string' ? message : '';
  return typeof code === 'string' && !text.includes(code) ? `${text} [${code}]` : text;
}

/** At a level that nobody switches off by accident: there is no other trace of them. */
function tellDropped(log: Log, lines: number): void {
  log.error(
    { code: 'LOG_LINES_DROPPED', lines },
    `${lines} log lines before this one were lost: nobody read them, or they could not be written`,
  );
}

/** From now on each line of `log`, and of its children, has what `context` answers. */
export function describeLines(log: Log, context: () => LogContext): void {
  contexts.set(log, context);
}

/** Writes the counts of what was held back, at the end of a program: their windows would end after it. */
export function flushRepeats(log: Log): void {
  repeaters.get(log)?.end(true);
}

class Repeats {
  readonly #state;
  /** Writes the count of a kind, as the same logger at the same level. */
  readonly #writers = new Map<string, (text: string) => void>();
  #cancel: () => void = () => undefined;

  constructor(rules: RateLimitRules) {
    this.#state = initialRateLimit(rules);
  }

  take(level: number, args: readonly unknown[], write: () => void, writeText: (text: string) => void): void {
    const [first, second] = args;
    const message = typeof first === 'string' ? first : typeof second === 'string' ? second : '';
    const code = typeof first === 'object' && first !== null ? (first as { code?: unknown }).code : undefined;
    const kind = kindOf(level, code, message);
    this.end(false);
    if (takeLine(this.#state, kind, systemRuntime.monotonicMs())) return write();
    this.#writers.set(kind, (text) => writeText(`${message}: ${text}`));
    this.#arm();
  }

  end(all: boolean): void {
    for (const { kind, count, overMs } of windowsOver(this.#state, systemRuntime.monotonicMs(), all)) {
      this.#writers.get(kind)?.(moreLikeIt({ kind, count, overMs }));
      this.#writers.delete(kind);
    }
    if (all) this.#cancel();
  }

  #arm(): void {
    this.#cancel();
    const endMs = nextWindowEndMs(this.#state);
    if (endMs === null) return;
    const look = (): void => {
      this.end(false);
      this.#arm();
    };
    // A count is no reason to stay alive; `flushRepeats` writes it at the end.
    this.#cancel = setTimer(endMs - systemRuntime.monotonicMs(), look, { keepsAlive: false });
  }
}

const moreLikeIt = ({ count, overMs }: Held): string =>
  `… and ${count} more like it in the last ${Math.max(1, Math.round(overMs / 1000))} s`;
