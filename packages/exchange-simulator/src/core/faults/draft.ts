// What becomes of one frame while faults are applied to it, and the bytes in the end.
import type { TerminalCode } from './fault.ts';
import type { OutgoingFrame, JsonObject } from './outgoing-frame.ts';

/** One WebSocket message. */
export interface Payload {
  readonly data: string | Uint8Array;
  readonly binary: boolean;
}

/** How the connection or the sid ends. */
export type Ending =
  /** `half`: the frame that is broken off in its middle. */
  | { readonly do: 'cut'; readonly half?: string }
  | { readonly do: 'close'; readonly code: number; readonly reason: string }
  | { readonly do: 'fail'; readonly sid: number; readonly code: TerminalCode };

type Bytes = Uint8Array<ArrayBuffer>;
type Mangle = (bytes: Bytes) => Bytes;

export interface Draft {
  readonly frame: OutgoingFrame;
  /** `frame.json` is no longer what `frame.text` says. */
  changed: boolean;
  lost: boolean;
  /** Whole frames around it, in order. */
  readonly before: JsonObject[];
  readonly after: JsonObject[];
  copies: number;
  binary: boolean;
  /** Done to the bytes at the very end, in order. */
  readonly mangle: Mangle[];
  lateMs: number;
  inOrder: boolean;
  /** It comes after so many others. */
  behind: { readonly frames: number; readonly atMostMs: number } | undefined;
  /** So many snapshots that follow are lost. */
  omitSnapshots: number;
  ending: Ending | undefined;
  /** What the sid's later numbers are moved by. */
  shift: number;
}

export const newDraft = (frame: OutgoingFrame): Draft => ({
  frame,
  changed: false,
  lost: false,
  before: [],
  after: [],
  copies: 1,
  binary: false,
  mangle: [],
  lateMs: 0,
  inOrder: false,
  behind: undefined,
  omitSnapshots: 0,
  ending: undefined,
  shift: 0,
});

export const textOf = ({ changed, frame }: Draft): string => (changed ? JSON.stringify(frame.json) : frame.text);

export function payloadOf(draft: Draft): Payload {
  const text = textOf(draft);
  if (draft.mangle.length === 0) return { data: text, binary: draft.binary };
  const bytes = draft.mangle.reduce<Bytes>((whole, mangle) => mangle(whole), new TextEncoder().encode(text));
  return { data: bytes, binary: draft.binary };
}

/** Flips bits of ASCII bytes within their seven bits, so that the text stays valid UTF-8. */
export const flipBits =
  (count: number, random: () => number): Mangle =>
  (bytes) => {
    const flipped = new Set<number>();
    const wanted = Math.min(count, bytes.length * 7);
    for (let tries = 0; flipped.size < wanted && tries < 20 * wanted; tries++) {
      const at = Math.floor(random() * bytes.length);
      const bit = Math.floor(random() * 7);
      const byte = bytes[at] ?? 0x80;
      if (byte >= 0x80 || flipped.has(at * 7 + bit)) continue;
      flipped.add(at * 7 + bit);
      bytes[at] = byte ^ (1 << bit);
    }
    return bytes;
  };

/** 0xFF is in no UTF-8 text. */
export const breakUtf8 =
  (random: () => number): Mangle =>
  (bytes) => {
    bytes[Math.floor(random() * bytes.length)] = 0xff;
    return bytes;
  };
