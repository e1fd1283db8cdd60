// What a value may be. Values come typed from the file and as text from the environment and the command line; both are read here, so
// that one spelling works everywhere. Messages end in what is right, and the caller adds the setting's name and an example.
import { isMarketTicker } from '@trader/orderbook-client';
import { looksLikeUrl, parseDatabase } from '@trader/session-store';
import { z } from 'zod';
import { durationBetween, parseDuration } from './duration.ts';

export const DAY_MS = 86_400_000;

export const name = (what: string, longest = 4096) =>
  z
    .string(`must be ${what}`)
    .trim()
    .min(1, `must be ${what}`)
    .max(longest, `must be ${what} of at most ${longest} characters`);
// Whoever pastes a URL, or what is in a file, instead of its path: it must become neither a folder nor a message.
export const path = name('a path').refine(
  (text) => !looksLikeUrl(text),
  'must be a path, and what was given looks like none',
);

export const database = name('a postgres:// URL or a folder').superRefine((text, context) => {
  const read = parseDatabase(text);
  if ('problem' in read) context.addIssue({ code: 'custom', message: read.problem });
});

export const list = <T extends z.ZodType<string>>(item: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
    z.array(item, 'must be a list'),
  );
/** Of markets, series or events: all are of the same letters. */
export const tickers = list(
  z.string('must be a ticker').refine(isMarketTicker, {
    message: 'must be a ticker: capitals, digits, dots and dashes',
    params: { isPlain: true },
  }),
);

export function whole(least: number, most: number, unit = '') {
  const text = `must be a whole number from ${least} to ${most}${unit}`;
  const read = (value: unknown): unknown => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value);
  return z.preprocess(read, z.number(text).int(text).min(least, text).max(most, text));
}

export function duration(leastMs: number, mostMs = 3_650 * DAY_MS) {
  const text = `must be ${durationBetween(leastMs, mostMs)}`;
  const read = (value: unknown): unknown => (typeof value === 'string' ? (parseDuration(value) ?? undefined) : value);
  return z.preprocess(read, z.number(text).int(text).min(leastMs, text).max(mostMs, text));
}

export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);
export const url = (protocol: RegExp, text: string) => z.url({ protocol, error: `must be ${text} URL` });
/** Text of a pattern; what it must be is said when it is none. */
export const like = (pattern: RegExp, text: string) => z.string(text).regex(pattern, text);
