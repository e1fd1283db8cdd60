// Answers where there is no response object: before a WebSocket is opened, and to what is no HTTP at all.
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody, statusOf, type Refusal } from './refusal.ts';

/** Writes the whole answer and ends the connection. */
export function refuseOnSocket(socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) return void socket.destroy();
  const status = statusOf(refusal);
  const body = JSON.stringify(errorBody(refusal));
  const challenge = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : '';
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\n${challenge}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
