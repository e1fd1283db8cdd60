// What the exchange tells of its counts: a copy, so that nobody holds what goes on counting.
import type { HandshakeRejection, Tally } from './tally.ts';

/** Everything the exchange has counted since its start. */
export interface ExchangeTotals {
  /** Handshakes that were accepted. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Handshakes that were refused, by reason. */
  readonly handshakesRejected: Readonly<Record<HandshakeRejection, number>>;
  /** Answers of REST, by HTTP status. */
  readonly restReplies: Readonly<Record<number, number>>;
  /** Messages of clients, wrong ones included. */
  readonly commands: number;
  /** Text frames handed to sockets, of all kinds. */
  readonly framesSent: number;
  /** Snapshot frames handed to sockets, asked for or not. */
  readonly snapshotsSent: number;
  /** Error frames handed to sockets, by Kalshi's code; 25 is a subscriber that was too slow. */
  readonly errorsSent: Readonly<Record<number, number>>;
  /** Deltas of tapes or the generator that changed a book, however many subscribers there were. */
  readonly deltasPlayed: number;
  /** Snapshots of tapes that were played; those that a market begins with are not. */
  readonly snapshotsPlayed: number;
  /** Trades of tapes or the generator, however many subscribers there were. */
  readonly tradesPlayed: number;
  /** Frames of tapes that were not played, by type: control frames and other channels. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Deltas of tapes that took more from a level than it had: the tape has holes. */
  readonly levelsBelowZero: number;
  /** How often faults were done, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly pingsSent: number;
  readonly pongsReceived: number;
  /** Broken WebSocket frames and sockets that failed. */
  readonly protocolViolations: number;
}

export const exchangeTotals = (
  tally: Tally,
  openConnections: number,
  faults: Readonly<Record<string, number>>,
): ExchangeTotals => ({
  ...tally,
  openConnections,
  faults,
  handshakesRejected: { ...tally.handshakesRejected },
  restReplies: { ...tally.restReplies },
  errorsSent: { ...tally.errorsSent },
  skipped: { ...tally.skipped },
});
