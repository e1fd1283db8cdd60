// What a recording keeps beside the books: lifecycle and tickers, which are events of the feed, and reference data, which is not.
import type {
  EventFeeUpdate,
  EventFeeUpdateEvent,
  EventLifecycle,
  EventLifecycleEvent,
  MarketLifecycle,
  MarketLifecycleEvent,
  MarketMetadata,
  Ticker,
  TickerEvent,
} from './channel-events.ts';

type Place = {
  readonly epoch: number;
  readonly sid: number;
  readonly seq: number | null;
  readonly receivedAtMs: number;
};

type OrNull<T> = { readonly [Field in keyof T]: T[Field] | null };

type Lifecycle = Omit<MarketLifecycle, 'metadata'> & MarketMetadata & EventLifecycle & EventFeeUpdate;

/** An event of the channel `market_lifecycle_v2`: the fields of all three kinds of them, `null` where this one has none. */
export type LifecycleRecord = Place &
  OrNull<Lifecycle> & {
    readonly kind: 'lifecycle';
    readonly about: 'market' | 'event' | 'event-fees';
    /** Nobody says when. */
    readonly exchangeAtMs: number | null;
  };

/** A market's figures. */
export type TickerRecord = Place &
  Omit<Ticker, 'exchangeAtMs'> & { readonly kind: 'ticker'; readonly exchangeAtMs: number | null };

/** What a recording has of a market or of the exchange that did not come by the feed: it is no event. */
export type ReferenceRecord = {
  readonly kind: 'market' | 'exchange';
  readonly receivedAtMs: number;
};

const METADATA = [
  'name',
  'title',
  'yesSubtitle',
  'noSubtitle',
  'primaryRules',
  'secondaryRules',
  'canCloseEarly',
  'eventTicker',
  'expectedExpirationAtMs',
  'strikeType',
  'floorStrike',
  'capStrike',
  'customStrike',
] as const satisfies readonly (keyof MarketMetadata)[];

const MARKET = [
  'change',
  'exchangeIndex',
  'openAtMs',
  'closeAtMs',
  'paused',
  'result',
  'determinedAtMs',
  'settlementValue',
  'settledAtMs',
  'priceLevelStructure',
  'priceRanges',
] as const satisfies readonly (keyof MarketLifecycle)[];

const EVENT = [
  'eventTicker',
  'seriesTicker',
  'exchangeIndex',
  'title',
  'subtitle',
  'collateralReturn',
  'strikeAtMs',
  'strikePeriod',
] as const satisfies readonly (keyof EventLifecycle)[];

const FEES = ['eventTicker', 'feeType', 'feeMultiplier'] as const satisfies readonly (keyof EventFeeUpdate)[];

const pick = <T, Field extends keyof T>(from: T, fields: readonly Field[]): Pick<T, Field> =>
  Object.fromEntries(fields.map((field) => [field, from[field]])) as unknown as Pick<T, Field>;

const NOTHING_SAID = Object.fromEntries(
  [...METADATA, ...MARKET, ...EVENT, ...FEES].map((field) => [field, null]),
) as unknown as OrNull<Omit<Lifecycle, 'market'>>;

/** Those of every lifecycle record beside its place, its market and what it is about. */
export const LIFECYCLE_FIELDS = Object.keys(NOTHING_SAID) as readonly (keyof typeof NOTHING_SAID)[];

const placeOf = ({ epoch, sid, seq, receivedAtMs }: Place): Place => ({ epoch, sid, seq, receivedAtMs });

export type LifecycleEvent = MarketLifecycleEvent | EventLifecycleEvent | EventFeeUpdateEvent;

/** @returns `null` where the event would not come back as it is, so that its text is kept */
export function lifecycleToRecord(event: LifecycleEvent): LifecycleRecord | null {
  if (event.unreadable) return null;
  const base = { kind: 'lifecycle', ...placeOf(event), exchangeAtMs: null, market: null, ...NOTHING_SAID } as const;
  switch (event.type) {
    case 'market-lifecycle': {
      const { metadata, market } = event;
      // Metadata that say nothing could not be told from none.
      if (metadata && METADATA.every((field) => metadata[field] === null)) return null;
      return { ...base, about: 'market', ...metadata, market, ...pick(event, MARKET) };
    }
    case 'event-lifecycle':
      return { ...base, about: 'event', ...pick(event, EVENT) };
    case 'event-fee-update':
      return { ...base, about: 'event-fees', ...pick(event, FEES) };
  }
}

export function recordToLifecycle(record: LifecycleRecord): LifecycleEvent {
  const place = { ...placeOf(record), text: '' };
  const said = record as Lifecycle;
  switch (record.about) {
    case 'market': {
      const metadata = METADATA.some((field) => record[field] !== null) ? pick(said, METADATA) : null;
      return { type: 'market-lifecycle', ...place, market: said.market, ...pick(said, MARKET), metadata };
    }
    case 'event':
      return { type: 'event-lifecycle', ...place, ...pick(said, EVENT) };
    case 'event-fees':
      return { type: 'event-fee-update', ...place, ...pick(said, FEES) };
  }
}

/** @returns as {@link lifecycleToRecord} */
export function tickerToRecord(event: TickerEvent): TickerRecord | null {
  const { type: kind, text: _, unreadable, ...fields } = event;
  return unreadable ? null : { kind, ...fields };
}

export function recordToTicker({ kind: type, exchangeAtMs, ...fields }: TickerRecord): TickerEvent {
  return { type, ...fields, exchangeAtMs: exchangeAtMs ?? fields.receivedAtMs, text: '' };
}
