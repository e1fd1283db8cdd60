// Which values a setting may have, and its default. Values come typed from the file and as text from the environment and
// the command line; both are read here, so that one spelling works everywhere. Messages end in what is right, and the
// caller adds the setting's name and an example.
import { isMarketTicker } from '@trader/orderbook-client';
import { looksLikeUrl, parseDatabase } from '@trader/session-store';
import { z } from 'zod';
import { durationBetween, parseDuration } from './duration.ts';
import { MARKET_STATUSES } from '@trader/market-discovery';
import { LOG_LEVELS } from '../log/log-levels.ts';

const CHANNELS = [
  'trade',
  'ticker',
  'fill',
  'user_orders',
  'market_lifecycle_v2',
  'market_positions',
  'order_group_updates',
] as const;

const DAY_MS = 86_400_000;

const name = (what: string, longest = 4096) =>
  z
    .string(`must be ${what}`)
    .trim()
    .min(1, `must be ${what}`)
    .max(longest, `must be ${what} of at most ${longest} characters`);
// Whoever pastes a URL, or what is in a file, instead of its path: it must become neither a folder nor a message.
const path = name('a path').refine((text) => !looksLikeUrl(text), 'must be a path, and what was given looks like none');

const database = name('a postgres:// URL or a folder').superRefine((text, context) => {
  const read = parseDatabase(text);
  if ('problem' in read) context.addIssue({ code: 'custom', message: read.problem });
});

const list = <T extends z.ZodType<string>>(item: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
    z.array(item, 'must be a list'),
  );
/** Of markets, series or events: all are of the same letters. */
const tickers = list(
  z.string('must be a ticker').refine(isMarketTicker, {
    message: 'must be a ticker: capitals, digits, dots and dashes',
    params: { isPlain: true },
  }),
);

function whole(least: number, most: number, unit = '') {
  const text = `must be a whole number from ${least} to ${most}${unit}`;
  const read = (value: unknown): unknown => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value);
  return z.preprocess(read, z.number(text).int(text).min(least, text).max(most, text));
}

function duration(leastMs: number, mostMs = 3_650 * DAY_MS) {
  const text = `must be ${durationBetween(leastMs, mostMs)}`;
  const read = (value: unknown): unknown => (typeof value === 'string' ? (parseDuration(value) ?? undefined) : value);
  return z.preprocess(read, z.number(text).int(text).min(leastMs, text).max(mostMs, text));
}

const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `must be one of ${values.join(', ')}`);
const url = (protocol: RegExp, text: string) => z.url({ protocol, error: `must be ${text} URL` });
const HOST = 'must be a host name without a port';
const ORIGIN = 'must be an origin, http:// or https:// with a host';
const SECTION = 'must be a section of settings';

export const configSchema = z.strictObject({
  exchange: oneOf(['production', 'demo']).default('production'),
  wsUrl: url(/^wss?$/, 'a ws:// or wss://').optional(),
  restUrl: url(/^https?$/, 'an http:// or https://').optional(),
  keyId: name('the id of an API key', 200).optional(),
  keyFile: path.optional(),
  markets: tickers.pipe(z.array(z.string()).min(1, 'must name at least one market')).optional(),
  discovery: z
    .strictObject(
      {
        series: tickers.default([]),
        events: tickers.default([]),
        status: list(oneOf(MARKET_STATUSES))
          .pipe(z.array(z.enum(MARKET_STATUSES)).min(1))
          .default(['open']),
        minVolume: whole(0, 1_000_000_000, ' contracts').default(0),
        closesWithin: duration(1_000).optional(),
        limit: whole(1, 100_000).default(1_000),
        reconcileEvery: duration(1_000).default(60_000),
        keepAfterClose: duration(0).default(60_000),
      },
      SECTION,
    )
    .optional(),
  channels: list(oneOf(CHANNELS)).default([]),
  connections: whole(1, 200).default(1),
  database: database.default('data'),
  databaseSchema: name('the name of a schema', 63).optional(),
  databasePasswordFile: path.optional(),
  http: z
    .strictObject(
      {
        host: name('an address', 253)
          .regex(/^[\p{L}\p{N}.:_%[\]-]*$/u, 'must be an address')
          .default('127.0.0.1'),
        port: whole(0, 65_535).default(7070),
        tokenFile: path.optional(),
        allowedHosts: list(z.string(HOST).regex(/^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]+\])$/i, HOST)).default([]),
        allowedOrigins: list(z.string(ORIGIN).regex(/^https?:\/\/[^\s/?#@\\]+\/?$/i, ORIGIN)).default([]),
        maxClients: whole(1, 100_000).default(50),
        maxConnections: whole(1, 100_000).default(100),
        tls: z.strictObject({ certFile: path, keyFile: path }, SECTION).optional(),
      },
      SECTION,
    )
    .prefault({}),
  recorder: name('a name', 64).default('trader'),
  spool: z.strictObject({ dir: path.optional() }, SECTION).prefault({}),
  retention: z.strictObject({ maxAge: duration(DAY_MS).optional() }, SECTION).prefault({}),
  holdDownMs: duration(0, DAY_MS).default(15_000),
  drainMs: duration(100, DAY_MS).default(10_000),
  logLevel: oneOf(LOG_LEVELS).default('info'),
});

export type ConfigValues = z.infer<typeof configSchema>;
