// What a fault may say, as a table: the fields of each kind and of its aim. One pass finds everything that is wrong.
import { PRICE_STRUCTURES } from '../market/listing.ts';
import { CHANNELS } from '../socket/channels.ts';
import { durationMs, type FaultKind, type FaultOf } from './fault.ts';

/** Where in a script, as the keys that lead there. */
export type Path = readonly (string | number)[];

export interface FaultProblem {
  readonly path: Path;
  readonly expected: string;
  readonly got: unknown;
}

/** Further away, clocks have no date to show. */
const HUNDRED_YEARS_MS = 3_153_600_000_000;

type Rule = { readonly expected: string; readonly fits: (value: unknown) => boolean };
type Fields = Readonly<Record<string, Rule & { readonly required?: true }>>;

const rule = (expected: string, fits: (value: unknown) => boolean): Rule => ({ expected, fits });
const required = (given: Rule) => ({ ...given, required: true as const });
const oneOf = (...values: (string | number)[]): Rule =>
  rule(`one of ${values.join(', ')}`, (value) => values.includes(value as string));
const integer = (lowest: number, highest: number): Rule =>
  rule(
    `an integer from ${lowest} to ${highest}`,
    (value) => Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest,
  );
const oneOrMore = ({ expected, fits }: Rule): Rule =>
  rule(`${expected}, or a list of such`, (value) =>
    Array.isArray(value) ? value.length > 0 && value.every((item) => fits(item)) : fits(value),
  );

const text = rule('text that is not empty', (value) => typeof value === 'string' && value !== '');
const flag = rule('true or false', (value) => typeof value === 'boolean');
const duration = rule(
  'a time that is not negative: ms as a number, or text such as "250ms", "10s", "16m", "Infinity"',
  (value) => (durationMs(value) ?? -1) >= 0,
);
const finiteDuration = rule(
  'a time that is not negative and has an end: ms as a number, or text such as "250ms", "10s"',
  (value) => duration.fits(value) && durationMs(value) !== Infinity,
);
const skew = rule(
  'a time of at most a hundred years, either way: ms as a number, or text such as "90s", "-2m"',
  (value) => Math.abs(durationMs(value) ?? Infinity) <= HUNDRED_YEARS_MS,
);
const count = integer(1, 1_000_000_000);
const closeCode = rule(
  'a close code that may be sent: 1000 to 1003, 1007 to 1014, 3000 to 4999',
  (value) =>
    Number.isInteger(value) &&
    (((value as number) >= 1000 && (value as number) <= 1003) ||
      ((value as number) >= 1007 && (value as number) <= 1014) ||
      ((value as number) >= 3000 && (value as number) <= 4999)),
);

const frameGroups = ['ack', 'data'];
const frameTypes = [
  'subscribed',
  'ok',
  'unsubscribed',
  'error',
  'orderbook_snapshot',
  'orderbook_delta',
  'trade',
  'ticker',
  'market_lifecycle_v2',
  'fill',
  'user_order',
  'market_position',
  'order_group_updates',
];

const connectionAim: Fields = { connection: oneOrMore(integer(1, 1_000_000_000)), key: oneOrMore(text) };
const frameAim: Fields = {
  ...connectionAim,
  sid: oneOrMore(integer(1, 1_000_000_000)),
  market: oneOrMore(text),
  channel: oneOrMore(oneOf(...Object.keys(CHANNELS))),
  frame: oneOrMore(oneOf(...frameGroups, ...frameTypes)),
};

const span: Fields = { from: duration, until: duration };
const occasions: Fields = {
  ...span,
  after: integer(0, 1_000_000_000),
  count,
  probability: rule('a number above 0, up to 1', (value) => typeof value === 'number' && value > 0 && value <= 1),
  seed: integer(0, 4_294_967_295),
  per: oneOf('exchange', 'connection'),
};

type KindRules = { readonly aim: Fields | undefined; readonly timing: Fields; readonly fields: Fields };
type Shared = 'kind' | 'aim' | 'from' | 'until' | 'after' | 'count' | 'probability' | 'seed' | 'per';
/** What a kind has for itself: a field that the type has and the table lacks does not compile, nor the reverse. */
type Own<K extends FaultKind> = Exclude<keyof FaultOf<K>, Shared>;

const none = {};
const onFrames = <F extends Fields>(fields: F) => ({ aim: frameAim, timing: occasions, fields });
const onConnections = <F extends Fields>(fields: F) => ({ aim: connectionAim, timing: occasions, fields });
const whileOn = <F extends Fields>(fields: F) => ({ aim: connectionAim, timing: span, fields });
const exchangeWide = <F extends Fields>(fields: F) => ({ aim: undefined, timing: span, fields });

const rules = {
  drop: onFrames({ hidden: flag }),
  duplicate: onFrames({ copies: integer(1, 1000) }),
  delay: onFrames({ by: required(duration), jitter: finiteDuration, inOrder: flag }),
  reorder: onFrames({ behind: integer(1, 10_000), atMost: duration }),
  corrupt: onFrames({ how: required(oneOf('bit-noise', 'invalid-utf8')), bits: integer(1, 1000) }),
  truncate: onFrames({
    keep: rule('a number from 0 to below 1', (value) => typeof value === 'number' && value >= 0 && value < 1),
  }),
  giant: onFrames({ bytes: integer(1, 268_435_456) }),
  binary: onFrames(none),
  'seq-hole': onFrames({ skip: integer(1, 1_000_000_000) }),
  'seq-reset': onFrames({ to: integer(0, 1_000_000_000) }),
  'ack-id': onFrames({
    by: rule('an integer other than 0', (value) => Number.isSafeInteger(value) && value !== 0),
  }),
  'ack-partial': onFrames({ what: required(oneOf('list', 'snapshots', 'markets')), omit: integer(1, 1_000_000) }),
  'wrong-snapshot': onFrames({
    how: required(oneOf('levels', 'side-missing', 'other-market', 'unasked-market')),
    side: oneOf('yes', 'no'),
    market: text,
  }),
  'unknown-type': onFrames({ type: text, sequenced: flag }),
  'unknown-field': onFrames(none),
  'cents-era': onFrames({ era: oneOf('integers', 'dollars', 'fixed-point') }),
  'negative-figures': onFrames(none),
  error: onFrames({ code: required(oneOf(10, 17, 25)) }),
  cut: onFrames({ midFrame: flag }),
  close: onFrames({
    code: closeCode,
    // What a close frame has room for beside its code.
    reason: rule('text of at most 123 bytes', (value) => typeof value === 'string' && byteLength(value) <= 123),
  }),
  stall: whileOn({ afterwards: oneOf('lose', 'deliver') }),
  'no-pings': onConnections(none),
  'no-pongs': onConnections(none),
  'half-open': whileOn(none),
  'stop-reading': whileOn(none),
  'slow-link': whileOn({ bytesPerSecond: required(integer(1, 1_000_000_000)) }),
  'flip-yes-price': onConnections(none),
  'clock-skew': whileOn({ by: required(skew) }),
  refuse: onConnections({
    status: required(oneOf(401, 403, 429, 500, 503)),
    cause: oneOf('missing-headers', 'unknown-key', 'timestamp-expired', 'bad-signature'),
    retryAfter: integer(0, 1_000_000),
  }),
  'never-upgrade': onConnections(none),
  'accept-then-close': onConnections({ code: closeCode }),
  maintenance: exchangeWide(none),
  'trading-pause': exchangeWide(none),
  'no-open-markets': exchangeWide(none),
  'price-structure': exchangeWide({
    structure: required(oneOf(...Object.keys(PRICE_STRUCTURES))),
    market: text,
  }),
} satisfies { [K in FaultKind]: KindRules & { readonly fields: { readonly [F in Own<K>]-?: Rule } } };

/** All kinds, in the order of the documentation. */
export const faultKinds = Object.keys(rules) as readonly FaultKind[];

/** Everything that is wrong with a value that should be a {@link Fault}; nothing when it is one. */
export function faultProblems(value: unknown, path: Path = []): FaultProblem[] {
  if (!isObject(value)) return [{ path, expected: 'a fault: an object with a kind', got: value }];
  const kind = value['kind'];
  if (!faultKinds.includes(kind as FaultKind)) {
    return [{ path: [...path, 'kind'], expected: `a kind of fault: ${faultKinds.join(', ')}`, got: kind }];
  }
  const { aim, timing, fields } = rules[kind as FaultKind] as KindRules;
  const known: Fields = { ...fields, ...timing, kind: text, ...(aim && { aim: rule('an object', isObject) }) };
  const problems = problemsOf(value, known, path);
  if (aim && isObject(value['aim'])) problems.push(...problemsOf(value['aim'], aim, [...path, 'aim']));
  const { from, until } = value;
  if (until !== undefined && (durationMs(from) ?? 0) >= (durationMs(until) ?? Infinity)) {
    problems.push({ path: [...path, 'until'], expected: 'a time after `from`', got: until });
  }
  if (value['cause'] !== undefined && value['status'] !== 401) {
    problems.push({ path: [...path, 'cause'], expected: 'no `cause` unless `status` is 401', got: value['cause'] });
  }
  return problems;
}

function problemsOf(value: Record<string, unknown>, fields: Fields, path: Path): FaultProblem[] {
  const problems: FaultProblem[] = [];
  for (const [name, item] of Object.entries(value)) {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!known) {
      problems.push({
        path: [...path, name],
        expected: `one of the fields ${Object.keys(fields).join(', ')}`,
        got: name,
      });
    } else if (item !== undefined && !known.fits(item)) {
      problems.push({ path: [...path, name], expected: known.expected, got: item });
    }
  }
  for (const [name, { required: needed, expected }] of Object.entries(fields)) {
    if (needed && value[name] === undefined) problems.push({ path: [...path, name], expected, got: undefined });
  }
  return problems;
}

/** `faults[2].aim.sid must be …, got "one"`. */
export function problemText({ path, expected, got }: FaultProblem): string {
  const place = path.reduce<string>(
    (whole, key) => (typeof key === 'number' ? `${whole}[${key}]` : whole === '' ? key : `${whole}.${key}`),
    '',
  );
  return `${place === '' ? 'the fault' : place} must be ${expected}, got ${shown(got)}`;
}

const shown = (value: unknown): string => {
  const isNoJson = value === undefined || (typeof value === 'number' && !Number.isFinite(value));
  const whole = isNoJson ? String(value ?? 'nothing') : (JSON.stringify(value) ?? typeof value);
  return whole.length > 80 ? `${whole.slice(0, 77)}…` : whole;
};

const byteLength = (value: string): number => new TextEncoder().encode(value).length;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
