import type { GapEvent } from '@trader/orderbook-client';

/** A hole as the log tells it. */
export function gapText({
  cause,
  market,
  sid,
  firstSeq,
  lastSeq,
}: Pick<GapEvent, 'cause' | 'market' | 'sid' | 'firstSeq' | 'lastSeq'>): string {
  const numbers =
    lastSeq === null ? `from ${firstSeq} on` : firstSeq === lastSeq ? firstSeq : `${firstSeq} to ${lastSeq}`;
  return `numbers were missed (${cause}): ${numbers} of subscription ${sid}${market === null ? '' : `, of market ${market}`}`;
}
