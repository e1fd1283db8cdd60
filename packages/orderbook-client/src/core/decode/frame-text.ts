// The text of a frame for the plain decoder.

/** `ignoreBOM` keeps a byte order mark in the text, where JSON does not allow it: nothing is taken off unseen. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a frame as the exchange sent it. `null`: the bytes are not valid UTF-8. */
export function frameText(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
