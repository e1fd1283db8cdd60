// A batch reaches the spool in parts, each of some hundred records: a part is readable by itself, and the parts of a batch,
// one after the other, give back the batch that the live process wrote, with the same keys.
//
// part    = version, record count, ordinals of the first trade, raw frame and gap, records, CRC-32 of all that
// record  = tag (kind in the low three bits, flags above), fields as differences from what came before in this part
//
// Records stand in the order of their arrival, whatever their kind. A new kind takes the next number; a reader that does not
// know it refuses the part, which is why the version rises only when the layout of a known kind changes.

export const version = 1;
export const checksumBytes = 4;

export const kinds = { delta: 0, snapshot: 1, raw: 2, gap: 3, trade: 4 } as const;
export const kindMask = 7;

export const isYes = 8;
export const hasExchangeTime = 16;
/** The same stream as the record before, and the next number of it: neither is written. */
export const followsOn = 32;

export const hasSid = 8;
export const hasSeq = 16;

export const hasFirstSeq = 16;
export const hasLastSeq = 32;
export const hasEnd = 64;
export const isShed = 128;

/** A trade has more to say than its tag can hold; these are the flags of a second byte. */
export const tradeFlags = { hasSeq: 1, takerKnown: 2, takerYes: 4, blockKnown: 8, isBlock: 16 } as const;

export type Stream = { readonly epoch: number; readonly sid: number; lastSeq: number };
export type Market = { readonly name: string; readonly index: number; lastPrice: number };

/** What a part's records say of each other: the encoder and the decoder keep the same. */
export type Context = {
  readonly streams: Stream[];
  readonly markets: Market[];
  latest: Stream | null;
  lastAtMs: number;
};

export const emptyContext = (): Context => ({ streams: [], markets: [], latest: null, lastAtMs: 0 });

/** Ordinals of ours, which a session counts from 0: of records that may have no number of their own. */
export type Ordinals = { readonly trades: number; readonly raw: number; readonly gaps: number };
