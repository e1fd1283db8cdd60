// What the exchange counts. Nothing is dropped in silence: whatever does not reach a subscriber has a name here.

/** Why a handshake got no 101. */
export type HandshakeRejection =
  | 'unknown-path'
  | 'not-an-upgrade'
  | 'missing-headers'
  | 'unknown-key'
  | 'timestamp-expired'
  | 'bad-signature';

export interface Tally {
  connections: number;
  readonly handshakesRejected: Record<HandshakeRejection, number>;
  commands: number;
  framesSent: number;
  snapshotsSent: number;
  readonly errorsSent: Record<number, number>;
  deltasPlayed: number;
  snapshotsPlayed: number;
  readonly skipped: Record<string, number>;
  levelsBelowZero: number;
  pingsSent: number;
  pongsReceived: number;
  protocolViolations: number;
}

export const newTally = (): Tally => ({
  connections: 0,
  handshakesRejected: {
    'unknown-path': 0,
    'not-an-upgrade': 0,
    'missing-headers': 0,
    'unknown-key': 0,
    'timestamp-expired': 0,
    'bad-signature': 0,
  },
  commands: 0,
  framesSent: 0,
  snapshotsSent: 0,
  errorsSent: {},
  deltasPlayed: 0,
  snapshotsPlayed: 0,
  skipped: {},
  levelsBelowZero: 0,
  pingsSent: 0,
  pongsReceived: 0,
  protocolViolations: 0,
});

export const count = <K extends string | number>(counts: Record<K, number>, key: K): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};
