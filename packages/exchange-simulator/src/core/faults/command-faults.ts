// Faults of understanding: the exchange reads a command otherwise than it was sent.
import { aimOf, meansMarket } from './aim.ts';
import type { Fault } from './fault.ts';
import { isObject, type JsonObject } from './outgoing-frame.ts';

/** @returns the command as it is understood, or `undefined` when the fault has nothing to do with it */
export function changeCommand(fault: Fault, text: string, sids: readonly number[]): string | undefined {
  if (fault.kind !== 'flip-yes-price' && !(fault.kind === 'ack-partial' && fault.what === 'markets')) return undefined;
  const command = parsed(text);
  const params = command?.['params'];
  if (!command || !isObject(params)) return undefined;
  if (fault.kind === 'flip-yes-price') {
    if (command['cmd'] !== 'subscribe' || params['use_yes_price'] !== undefined) return undefined;
    return JSON.stringify({ ...command, params: { ...params, use_yes_price: true } });
  }
  const { market_tickers: tickers } = params;
  const adds = command['cmd'] === 'subscribe' || params['action'] === 'add_markets';
  const omit = fault.omit ?? 1;
  // Something has to be left: without markets it would be another command.
  if (!adds || !Array.isArray(tickers) || tickers.length <= omit) return undefined;
  const { market, sid } = aimOf(fault);
  if (!meansMarket(market, tickers as string[])) return undefined;
  if (sid !== undefined && ![sid].flat().some((wanted) => sids.includes(wanted))) return undefined;
  return JSON.stringify({ ...command, params: { ...params, market_tickers: tickers.slice(0, -omit) as string[] } });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
