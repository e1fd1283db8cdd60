// Whether a fault is meant for a connection, a frame, a command.
import type { ConnectionAim, Fault, FrameAim } from './fault.ts';
import type { OutgoingFrame } from './outgoing-frame.ts';

/** Who is at the other end. */
export interface Peer {
  /** Handshakes in the order of their arrival, from 1. */
  readonly connection: number;
  readonly key: string | undefined;
}

const includes = <T>(wanted: T | readonly T[] | undefined, value: T | undefined): boolean =>
  wanted === undefined || (value !== undefined && (Array.isArray(wanted) ? wanted.includes(value) : wanted === value));

export const aimOf = (fault: Fault): FrameAim => ('aim' in fault && fault.aim) || {};

export const meansPeer = ({ connection, key }: ConnectionAim, peer: Peer): boolean =>
  includes(connection, peer.connection) && includes(key, peer.key);

export function meansMarket(wanted: FrameAim['market'], tickers: readonly string[]): boolean {
  if (wanted === undefined) return true;
  const patterns = typeof wanted === 'string' ? [wanted] : wanted;
  return patterns.some((pattern) =>
    pattern.endsWith('*')
      ? tickers.some((ticker) => ticker.startsWith(pattern.slice(0, -1)))
      : tickers.includes(pattern),
  );
}

export function meansFrame(aim: FrameAim, frame: OutgoingFrame): boolean {
  return (
    includes(aim.sid, frame.sid) &&
    includes(aim.channel, frame.channel) &&
    meansMarket(aim.market, frame.tickers) &&
    (aim.frame === undefined ||
      includes(aim.frame, frame.type) ||
      (frame.isAck && includes(aim.frame, 'ack')) ||
      (frame.isData && includes(aim.frame, 'data')))
  );
}

/** Whether it takes a frame to see if the fault is meant; a fault that ends something then waits for that frame. */
export const waitsForFrame = ({ sid, market, channel, frame }: FrameAim): boolean =>
  [sid, market, channel, frame].some((field) => field !== undefined);
