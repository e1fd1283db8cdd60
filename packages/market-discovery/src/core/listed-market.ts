// A market as REST writes it, into what the search needs of it. Prices are not read.
import type { ListedMarket } from './rules.ts';
import type { Refusal } from './state.ts';

/** Longer texts, and finer ones than a hundredth, are no number of contracts. */
const CONTRACTS = /^\d{1,13}(?:\.\d{1,2}0*)?$/;
/** The published pattern forbids the dots that real tickers have. */
const TICKER = /^[A-Z0-9][A-Z0-9.-]*$/;
/** Names and words of the exchange are shown up to here. */
const SHOWN_CHARACTERS = 80;

/**
 * @param place stands for the name of what has none
 * @returns why it cannot be recorded, for what names no market, says nothing of its state, or has a name that is no ticker
 */
export function readListedMarket(value: unknown, place: string): ListedMarket | Refusal {
  if (typeof value !== 'object' || value === null) return { market: place, reason: 'it is no object' };
  const fields = value as Readonly<Record<string, unknown>>;
  const { ticker, event_ticker: eventTicker, status } = fields;
  if (typeof ticker !== 'string' || ticker === '') return { market: place, reason: 'it has no ticker' };
  const refusal = tickerRefusal(ticker);
  if (refusal !== null) return { market: shown(ticker), reason: refusal };
  if (typeof status !== 'string') return { market: ticker, reason: 'it has no status' };
  return {
    ticker,
    eventTicker: typeof eventTicker === 'string' ? eventTicker : '',
    status,
    openAtMs: readTime(fields['open_time']),
    closeAtMs: readTime(fields['close_time']),
    volume: readVolume(fields),
  };
}

/** Why a market of this name cannot be recorded; `null` if it can. */
export const tickerRefusal = (ticker: string): string | null =>
  TICKER.test(ticker) ? null : 'its ticker is not of capitals, digits, dots and dashes';

/** A name as it may be told, whatever it is. */
export const shown = (name: string): string =>
  name.length <= SHOWN_CHARACTERS ? name : `${name.slice(0, SHOWN_CHARACTERS)}…`;

function readTime(value: unknown): number | null {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

/** `volume_fp` is text of contracts; `volume` is what it was before 2026. */
function readVolume({ volume_fp: text, volume }: Readonly<Record<string, unknown>>): number {
  if (typeof text === 'string') return CONTRACTS.test(text) ? Math.round(Number(text) * 100) : 0;
  return typeof volume === 'number' && Number.isSafeInteger(volume) ? volume * 100 : 0;
}
