import type { GapEvent } from '@trader/orderbook-client';

/** A hole as the log tells it. */
export const gapText = ({ cause, market }: Pick<GapEvent, 'cause' | 'market'>): string =>
  `numbers were missed${market === null ? '' : ` of ${market}`}: ${cause}`;
