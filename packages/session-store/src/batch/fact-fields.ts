// Facts, described once: which fields each kind has beside its place and time, and what may be in them. The check, the text that is
// stored and the exports follow from it; the views are in the migrations, and a test compares them.
import type { FactRecord } from '../records.ts';

/** `ranges` and `json` are kept as they are. All but what is required may be null. */
export type FactFieldType = 'text' | 'time' | 'boolean' | 'price' | 'size' | 'integer' | 'number' | 'ranges' | 'json';

export type FactField = { readonly type: FactFieldType; readonly doc: string; readonly isRequired?: boolean };

export type FactKind = FactRecord['kind'];

type Place = 'kind' | 'epoch' | 'sid' | 'seq' | 'market' | 'exchangeAtMs' | 'receivedAtMs';
type FieldsOf<Kind extends FactKind> = {
  readonly [Field in Exclude<keyof Extract<FactRecord, { kind: Kind }>, Place>]: FactField;
};

const text = (doc: string): FactField => ({ type: 'text', doc });
const time = (doc: string): FactField => ({ type: 'time', doc });
const flag = (doc: string): FactField => ({ type: 'boolean', doc });
const price = (doc: string): FactField => ({ type: 'price', doc });
const size = (doc: string): FactField => ({ type: 'size', doc });
const integer = (doc: string): FactField => ({ type: 'integer', doc });
const number = (doc: string): FactField => ({ type: 'number', doc });
const json = (doc: string): FactField => ({ type: 'json', doc });

const definition = {
  eventTicker: text('The event, which is a group of markets.'),
  seriesTicker: text('The series, which is a group of events.'),
  title: text('What it is about.'),
  subtitle: text('More of the title.'),
  yesSubtitle: text('What yes stands for.'),
  noSubtitle: text('What no stands for.'),
  primaryRules: text('The rules.'),
  secondaryRules: text('More of the rules.'),
  openAtMs: time('When trading begins.'),
  closeAtMs: time('When trading ends.'),
  expectedExpirationAtMs: time('When the outcome is expected.'),
  canCloseEarly: flag('Whether it may close before its close time.'),
  strikeType: text('Which of the strikes count, and how.'),
  floorStrike: number('The lower strike, in the unit of what the market is about.'),
  capStrike: number('The upper strike, likewise.'),
  customStrike: json('Another strike, as the exchange sent it.'),
  priceLevelStructure: text("The price grid's name."),
  priceRanges: { type: 'ranges', doc: 'Valid prices: a list of start, end and step, integers as prices are.' },
  feeType: text('How fees are reckoned.'),
  feeMultiplier: number('The factor of the fees.'),
  result: text('The outcome.'),
  settlementValue: price('What a YES contract pays.'),
  settledAtMs: time('When it was paid.'),
} as const;

/** Those of a market's definition that an announcement may have, too. */
export const definitionFields = Object.keys(definition) as readonly (keyof typeof definition)[];

export const factFields: { readonly [Kind in FactKind]: FieldsOf<Kind> } = {
  market: {
    ...definition,
    status: text('unopened, open, paused, closed, determined or settled.'),
    exchangeStatus: text("The exchange's own word for the status."),
  },
  lifecycle: {
    about: { ...text('What it is announced of: market, event or event-fees.'), isRequired: true },
    change: text("What happened to a market, in the exchange's word."),
    ...definition,
    exchangeIndex: integer("The exchange's shard."),
    paused: flag('Trading is paused.'),
    determinedAtMs: time('When the outcome was determined.'),
    name: text('A name.'),
    collateralReturn: text('How an event returns collateral.'),
    strikeAtMs: time("When an event's outcome is measured."),
    strikePeriod: text('Over which period.'),
  },
  ticker: {
    marketId: text("The exchange's id of the market."),
    lastPrice: price('Of the last trade.'),
    yesBid: price('The highest bid for yes.'),
    yesAsk: price('The lowest ask for yes.'),
    yesBidSize: size('What rests at the bid.'),
    yesAskSize: size('What rests at the ask.'),
    lastTradeSize: size('Of the last trade.'),
    volume: { ...size('Traded in all.'), isRequired: true },
    openInterest: { ...size('Contracts held.'), isRequired: true },
    volumeDollars: integer("The exchange's own figure in whole dollars."),
    openInterestDollars: integer("The exchange's own figure in whole dollars."),
  },
  exchange: {
    exchangeActive: flag('Whether the exchange is up.'),
    tradingActive: flag('Whether it trades.'),
    estimatedResumeAtMs: time('When it expects to go on.'),
    schedule: json('When it trades, as the exchange sent it.'),
  },
};

export const isFact = (record: { readonly kind: string }): record is FactRecord =>
  Object.hasOwn(factFields, record.kind);

/** Its fields in the order of the table. */
export const fieldsOf = (kind: FactKind): readonly (readonly [name: string, field: FactField])[] =>
  Object.entries(factFields[kind] as Readonly<Record<string, FactField>>);
