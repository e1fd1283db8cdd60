// Logs go to standard error, so that standard output carries results only.
import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type Log = Logger;
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Lines for people in a terminal, JSON for machines. */
export function createLog(level: LogLevel): Log {
  const destination: DestinationStream = process.stderr.isTTY
    ? pretty({ destination: 2, hideObject: true, translateTime: 'SYS:HH:MM:ss.l', sync: true })
    : pino.destination({ dest: 2, sync: true });
  return pino({ level, base: null }, destination);
}
