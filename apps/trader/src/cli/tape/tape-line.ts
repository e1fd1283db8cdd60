// A frame as a line of a tape.

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * `{"recv_ms": …, "event": …}`, the frame's text untouched where it is one line.
 *
 * @returns `null` for what is no JSON object with a type: one such line would make the whole tape unplayable
 */
export function tapeLine(frame: Uint8Array, receivedAtMs: number): string | null {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(frame);
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof (value as { type?: unknown } | null)?.type !== 'string') return null;
  const oneLine = /[\r\n]/.test(text) ? JSON.stringify(value) : text;
  return `{"recv_ms":${Math.floor(receivedAtMs)},"event":${oneLine}}\n`;
}
