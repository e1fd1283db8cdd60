// How a refusal is told: as the answer to a request, or on a bare connection before a WebSocket is opened and to what is no
// HTTP at all.
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody, statusOf, type Refusal } from './refusal.ts';

/** Answers with it, unless an answer has begun: then the connection is closed. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(statusOf(refusal), headersOf(refusal)).end(bodyOf(refusal));
}

/** Writes the whole answer and ends the connection. */
export function refuseOnSocket(socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) return void socket.destroy();
  const status = statusOf(refusal);
  const headers = { Connection: 'close', 'Cache-Control': 'no-store', ...headersOf(refusal) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${bodyOf(refusal)}`);
}

const bodyOf = (refusal: Refusal): string => JSON.stringify(errorBody(refusal));

function headersOf(refusal: Refusal): Record<string, string | number> {
  const status = statusOf(refusal);
  return {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(bodyOf(refusal)),
    ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    ...(refusal.allow && { Allow: refusal.allow.join(', ') }),
    ...(status === 426 && { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }),
    ...(status === 429 && { 'Retry-After': '1' }),
  };
}
