// What a market was at a time: its latest description before, and what was announced of it.
import type { LifecycleRecord, MarketDefinition, MarketRecord, MarketStatus } from '../../records.ts';
import { definitionFields } from '../../batch/fact-fields.ts';

/** A market as it was known at a time. */
export interface MarketAt {
  readonly market: string;
  readonly atMs: number;
  /** `null`: nobody knows. Opening and closing are told by no message: they follow from the times. */
  readonly status: MarketStatus | null;
  /** As described, and as changed since. `priceRanges` are the prices that were valid. */
  readonly definition: Omit<MarketDefinition, 'status' | 'exchangeStatus'>;
  readonly determinedAtMs: number | null;
  /** When the description came that it is made of; `null` where there was none. */
  readonly describedAtMs: number | null;
  /** When the last of all came that it is made of. */
  readonly heardAtMs: number;
}

/** Of a market that trades at some time. */
type Phase = 'unopened' | 'open' | 'closed';

const phases: Readonly<Record<MarketStatus, Phase>> = {
  unopened: 'unopened',
  open: 'open',
  paused: 'open',
  closed: 'closed',
  determined: 'closed',
  settled: 'closed',
};

/**
 * @param described the latest description before `atMs`
 * @param announced what was announced of this market before `atMs`, in order of arrival
 * @returns `null` where there is neither
 */
export function marketLife(
  market: string,
  atMs: number,
  described: MarketRecord | null,
  announced: readonly LifecycleRecord[],
): MarketAt | null {
  const sinceMs = described?.receivedAtMs ?? -Infinity;
  const later = announced.filter(({ receivedAtMs }) => receivedAtMs >= sinceMs);
  const heardAtMs = Math.max(sinceMs, announced.at(-1)?.receivedAtMs ?? -Infinity);
  if (heardAtMs === -Infinity) return null;
  const outcome = outcomeOf(described, announced);
  const definition = {
    ...(Object.fromEntries(
      definitionFields.map((field) => [field, latestOf([described, ...later], field)]),
    ) as unknown as MarketAt['definition']),
    ...outcome.fields,
  };
  const paused = latestOf(later, 'paused') ?? (described?.status === 'paused' || null);
  const phase = phaseAt(atMs, sinceMs, described?.status ?? null, definition) ?? (paused === null ? null : 'open');
  return {
    market,
    atMs,
    status: outcome.status ?? (phase === 'open' && paused === true ? 'paused' : phase),
    definition,
    determinedAtMs: outcome.determinedAtMs,
    describedAtMs: described?.receivedAtMs ?? null,
    heardAtMs,
  };
}

/** Times that lie behind the description are in its status already; those that came since change it. */
function phaseAt(
  atMs: number,
  sinceMs: number,
  status: MarketStatus | null,
  { openAtMs, closeAtMs }: Pick<MarketDefinition, 'openAtMs' | 'closeAtMs'>,
): Phase | null {
  const counts = (ms: number | null): ms is number => ms !== null && (status === null || ms > sinceMs);
  if (counts(closeAtMs) && atMs >= closeAtMs) return 'closed';
  if (counts(openAtMs)) return atMs >= openAtMs ? 'open' : 'unopened';
  return status === null ? null : phases[status];
}

/** An outcome stays, whatever a later description leaves out: it may come from a part of the exchange that lags behind. */
function outcomeOf(described: MarketRecord | null, announced: readonly LifecycleRecord[]) {
  const all = [described, ...announced].toSorted(
    (one, other) => (one?.receivedAtMs ?? -Infinity) - (other?.receivedAtMs ?? -Infinity),
  );
  const fields = {
    result: latestOf(all, 'result'),
    settlementValue: latestOf(all, 'settlementValue'),
    settledAtMs: latestOf(all, 'settledAtMs'),
  };
  const says = (status: 'determined' | 'settled') =>
    described?.status === status || announced.some(({ change }) => change === status);
  const isSettled = fields.settledAtMs !== null || says('settled');
  const isDetermined = fields.result !== null || says('determined');
  const status = isSettled ? ('settled' as const) : isDetermined ? ('determined' as const) : null;
  return { fields, status, determinedAtMs: latestOf(announced, 'determinedAtMs') };
}

/** The last that is not null. */
function latestOf<Field extends string, T extends { readonly [Name in Field]?: unknown }>(
  records: readonly (T | null)[],
  field: Field,
): Exclude<T[Field], undefined> | null {
  const said = records.findLast((record) => (record?.[field] ?? null) !== null);
  return (said?.[field] ?? null) as Exclude<T[Field], undefined> | null;
}
