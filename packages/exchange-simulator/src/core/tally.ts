// What the exchange counts. Nothing is dropped in silence: whatever does not reach a subscriber has a name here.

/** What is wrong with a signed request. */
export type SignatureRejection = 'missing-headers' | 'unknown-key' | 'timestamp-expired' | 'bad-signature';

/** Why a handshake got no 101. */
export type HandshakeRejection = 'unknown-path' | 'not-an-upgrade' | 'too-many-connections' | SignatureRejection;

export interface Tally {
  connections: number;
  readonly handshakesRejected: Record<HandshakeRejection, number>;
  readonly restReplies: Record<number, number>;
  commands: number;
  framesSent: number;
  snapshotsSent: number;
  readonly errorsSent: Record<number, number>;
  deltasPlayed: number;
  snapshotsPlayed: number;
  tradesPlayed: number;
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
    'too-many-connections': 0,
    'missing-headers': 0,
    'unknown-key': 0,
    'timestamp-expired': 0,
    'bad-signature': 0,
  },
  restReplies: {},
  commands: 0,
  framesSent: 0,
  snapshotsSent: 0,
  errorsSent: {},
  deltasPlayed: 0,
  snapshotsPlayed: 0,
  tradesPlayed: 0,
  skipped: {},
  levelsBelowZero: 0,
  pingsSent: 0,
  pongsReceived: 0,
  protocolViolations: 0,
});

export const count = <K extends string | number>(counts: Record<K, number>, key: K): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};
