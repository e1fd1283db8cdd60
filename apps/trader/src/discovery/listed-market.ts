// A market as REST writes it, into what discovery needs of it. Prices are not read.
import { parseSize } from '@trader/orderbook-client';
import type { ListedMarket } from '../core/market-set-rules.ts';

/** @returns `null` for something that names no market or says nothing of its state */
export function readListedMarket(value: unknown): ListedMarket | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const { ticker, event_ticker: eventTicker, status } = fields;
  if (typeof ticker !== 'string' || ticker === '' || typeof status !== 'string') return null;
  return {
    ticker,
    eventTicker: typeof eventTicker === 'string' ? eventTicker : '',
    status,
    openAtMs: readTime(fields['open_time']),
    closeAtMs: readTime(fields['close_time']),
    volume: readVolume(fields),
  };
}

function readTime(value: unknown): number | null {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

/** `volume_fp` is text of contracts; `volume` is what it was before 2026. */
function readVolume({ volume_fp: text, volume }: Readonly<Record<string, unknown>>): number {
  if (typeof text === 'string') return parseSize(text) ?? 0;
  return typeof volume === 'number' && Number.isSafeInteger(volume) ? volume * 100 : 0;
}
