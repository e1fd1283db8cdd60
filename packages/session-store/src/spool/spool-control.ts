// What the spool holds of a session besides its records: who owned it, so that the next process knows whom it outlived, and how
// it was to end. Told from a part by its first byte, which no version of a part uses.
import type { SessionEnd } from '../ownership/end-session.ts';

export type SpoolControl =
  | { readonly kind: 'owner'; readonly owner: string }
  | { readonly kind: 'end'; readonly end: SessionEnd };

const marker = 0;

export function encodeControl(control: SpoolControl): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(control));
  const payload = new Uint8Array(text.length + 1);
  payload[0] = marker;
  payload.set(text, 1);
  return payload;
}

/** `null` for a part, which holds records. The spool's block has a checksum, so what is there is what was written. */
export function decodeControl(payload: Uint8Array): SpoolControl | null {
  if (payload[0] !== marker) return null;
  return JSON.parse(new TextDecoder().decode(payload.subarray(1))) as SpoolControl;
}
