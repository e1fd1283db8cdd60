// What a search is given. Each option has one check, which fills in its default.
import type { ExchangeState } from './core/exchange-state.ts';
import type { MarketDescription } from './core/market-description.ts';
import { MARKET_STATUSES, type MarketRules } from './core/rules.ts';
import { systemRuntime, type Runtime } from './io/runtime.ts';

/** What is to be signed; the path has no query, which is no part of what Kalshi signs. */
export type RequestToSign = { readonly method: 'GET'; readonly path: string };

/** Gives the headers that sign a request. It is called for each try: the exchange refuses old timestamps. */
export type SignRequest = (
  request: RequestToSign,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** How the exchange's REST is reached. */
export interface RestOptions {
  /** `https://host/trade-api/v2`. A user and a password in it are sent as `Authorization: Basic`. */
  readonly restUrl: string;
  /** `null` sends no signature; lists of markets are public. @default null */
  readonly sign?: SignRequest | null;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  /** Clocks, timers and randomness. @default the system's */
  readonly runtime?: Runtime;
  /** Longest wait for one answer, its body included, in ms. @default 10000 */
  readonly timeoutMs?: number;
}

export interface MarketDiscoveryOptions extends RestOptions, Partial<MarketRules> {
  /** Markets of a page of a listing; the exchange gives 1,000 at most. @default 1000 */
  readonly pageSize?: number;
}

export interface ReferenceDataOptions extends RestOptions {
  /** Between two times that all is asked for again, in ms. @default 600000 */
  readonly refreshEveryMs?: number;
  /** A market was described for the first time, or otherwise than before. */
  readonly onMarket?: (description: MarketDescription) => void;
  /** The exchange's state, at first and whenever it is another. */
  readonly onExchange?: (state: ExchangeState) => void;
  /** Something could not be had, which is tried again; `null`: all could. */
  readonly onProblem?: (problem: string | null) => void;
}

export type ResolvedRest = Required<RestOptions>;
export type ResolvedOptions = ResolvedRest & { readonly rules: MarketRules; readonly pageSize: number };

type Check = (value: unknown, name: string) => unknown;

const REST_CHECKS: { readonly [Name in keyof RestOptions]-?: Check } = {
  restUrl,
  sign: (value = null, name) => (value === null ? null : functionOf(value, name)),
  fetch: (value = (...given: Parameters<typeof fetch>) => globalThis.fetch(...given), name) => functionOf(value, name),
  runtime: (value = systemRuntime) => runtime(value),
  timeoutMs: whole(1, 10_000),
};

const RULE_CHECKS: { readonly [Name in keyof MarketRules]-?: Check } = {
  series: names,
  events: names,
  status: (value = ['open'], name) => statuses(value, name),
  minVolume: whole(0, 0),
  closesWithinMs: (value = null, name) => (value === null ? null : whole(1, 1)(value, name)),
  limit: whole(1, 1_000),
  reconcileEveryMs: whole(1, 60_000),
  keepAfterCloseMs: whole(0, 60_000),
};

const OWN_CHECKS = { pageSize: whole(1, 1_000, 1_000) };

const REFERENCE_CHECKS = {
  refreshEveryMs: whole(1, 600_000),
  onMarket: orNothing,
  onExchange: orNothing,
  onProblem: orNothing,
};

/** The names of all options. */
export const OPTION_NAMES: readonly string[] = Object.keys({ ...REST_CHECKS, ...RULE_CHECKS, ...OWN_CHECKS });

/**
 * Checks the options and fills in the defaults. An option that is `undefined` counts as not given.
 *
 * @throws {TypeError} for an option that is unknown, missing or of another type
 * @throws {RangeError} for a number outside its range
 */
export function resolveOptions(options: MarketDiscoveryOptions): ResolvedOptions {
  const given = objectWith(options, OPTION_NAMES);
  // Each check returns what its option is.
  return {
    ...(checked(given, REST_CHECKS) as ResolvedRest),
    ...(checked(given, OWN_CHECKS) as { pageSize: number }),
    rules: checked(given, RULE_CHECKS) as MarketRules,
  };
}

/** As {@link resolveOptions}, of a client that asks for anything. */
export const resolveRest = (options: RestOptions): ResolvedRest =>
  checked(objectWith(options, Object.keys(REST_CHECKS)), REST_CHECKS) as ResolvedRest;

/** @throws {TypeError | RangeError} for a wrong option */
export function resolveReferenceData(
  options: ReferenceDataOptions,
): ResolvedRest & ReferenceDataOptions & { readonly refreshEveryMs: number } {
  const checks = { ...REST_CHECKS, ...REFERENCE_CHECKS };
  return checked(objectWith(options, Object.keys(checks)), checks) as ReturnType<typeof resolveReferenceData>;
}

const checked = (given: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): object =>
  Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check(given[name], name)]));

function objectWith(value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`options must be an object, not ${kindOf(value)}`);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`options has no ${JSON.stringify(unknown.slice(0, 80))}. It has ${known.join(', ')}.`);
  return value as Readonly<Record<string, unknown>>;
}

/** A value for a message. Texts are not quoted: one of them may be a password in the wrong place. */
const kindOf = (value: unknown): string =>
  value === null || ['number', 'boolean', 'undefined', 'bigint'].includes(typeof value)
    ? String(value)
    : Array.isArray(value)
      ? 'a list'
      : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;

function whole(least: number, fallback: number, most: number = Number.MAX_SAFE_INTEGER): Check {
  return (value = fallback, name) => {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    const text = `${name} must be a whole number ${range}, not ${kindOf(value)}`;
    if (typeof value !== 'number') throw new TypeError(text);
    if (!Number.isSafeInteger(value) || value < least || value > most) throw new RangeError(text);
    return value;
  };
}

function orNothing(value: unknown, name: string): unknown {
  return value === undefined ? undefined : functionOf(value, name);
}

function functionOf(value: unknown, name: string): unknown {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, not ${kindOf(value)}`);
  return value;
}

function restUrl(value: unknown, name: string): string {
  const wanted = `${name} must be an http:// or https:// URL such as https://external-api.kalshi.com/trade-api/v2`;
  if (typeof value !== 'string') throw new TypeError(`${wanted}, not ${kindOf(value)}`);
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) throw new TypeError(wanted);
  return value;
}

function runtime(value: unknown): Runtime {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`runtime must be an object, not ${kindOf(value)}`);
  for (const name of ['nowMs', 'monotonicMs', 'setTimer', 'random'] as const)
    functionOf((value as Partial<Runtime>)[name], `runtime.${name}`);
  return value as Runtime;
}

function names(value: unknown = [], name: string = ''): readonly string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string' && one !== ''))
    throw new TypeError(`${name} must be a list of tickers such as ['KXBTC15M'], not ${kindOf(value)}`);
  return [...new Set(value as string[])];
}

function statuses(value: unknown, name: string): readonly string[] {
  const known: readonly unknown[] = MARKET_STATUSES;
  if (!Array.isArray(value) || value.length === 0 || !value.every((one) => known.includes(one)))
    throw new TypeError(`${name} must be a list of ${MARKET_STATUSES.join(', ')}, at least one, not ${kindOf(value)}`);
  return [...new Set(value as string[])];
}
