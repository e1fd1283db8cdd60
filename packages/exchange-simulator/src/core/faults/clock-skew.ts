// The exchange's time on a frame, moved. Times that are facts about a market (when it closes) stay.
import type { JsonObject } from './outgoing-frame.ts';

/** @returns false when the message has no time */
export function skewTimes(msg: JsonObject, byMs: number): boolean {
  const { ts_ms: tsMs, ts, time } = msg;
  if (typeof tsMs === 'number') msg['ts_ms'] = tsMs + byMs;
  if (typeof ts === 'number')
    msg['ts'] = Math.floor(typeof tsMs === 'number' ? (tsMs + byMs) / 1000 : ts + byMs / 1000);
  if (typeof ts === 'string') msg['ts'] = skewedTimestamp(ts, byMs);
  if (typeof time === 'string') msg['time'] = skewedTimestamp(time, byMs);
  return [tsMs, ts, time].some((given) => given !== undefined);
}

/** RFC 3339, its microseconds kept as they are written. */
function skewedTimestamp(text: string, byMs: number): string {
  const [, seconds, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text) ?? [];
  if (seconds === undefined) return text;
  const micros = Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, '0')) + Math.round(byMs * 1000);
  const whole = Math.floor(micros / 1_000_000);
  const rest = String(micros - whole * 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}${rest && `.${rest}`}Z`;
}
