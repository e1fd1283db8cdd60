// What may be sent here: nothing but to the few endpoints that change something, and to those only what no page of another
// origin can make a browser send. A browser asks before it sends JSON or a header of its own to somebody else, and that
// question (OPTIONS) is refused; the origin is looked at besides.
import type { IncomingMessage } from 'node:http';
import type { ResolvedHttpOptions } from '../config/http-options.ts';
import type { Refusal } from './refusal.ts';

export const MAX_BODY_BYTES = 4_096;

const READING = ['GET', 'HEAD'];

/** By their paths as they come, without a query. */
const CHANGING: readonly { readonly path: RegExp; readonly methods: readonly string[] }[] = [
  { path: /^\/sessions\/[^/]{1,100}\/(?:verify|export)$/, methods: ['POST', 'DELETE'] },
  { path: /^\/faults$/, methods: ['POST', 'DELETE'] },
];

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']);

export function refuseContent(request: IncomingMessage, { tls }: Pick<ResolvedHttpOptions, 'tls'>): Refusal | null {
  const { method = '', url = '', headers } = request;
  const path = url.split('?')[0]!;
  const changing = CHANGING.find((each) => each.path.test(path))?.methods ?? [];
  if (!changing.includes(method)) {
    if (!READING.includes(method)) {
      const message = 'Every endpoint is a GET, but for those that the README names.';
      return { code: 'METHOD_NOT_ALLOWED', message, allow: [...READING, ...changing] };
    }
    return hasBody(request) ? { code: 'BODY_REFUSED', message: 'A request has no body here.' } : null;
  }
  const { origin, host = '' } = headers;
  if (origin !== undefined && origin !== `${tls ? 'https' : 'http'}://${host.toLowerCase()}`) {
    return { code: 'ORIGIN_REFUSED', message: "Only the server's own pages may change something." };
  }
  if (headers['x-trader-request'] !== '1') {
    return { code: 'CHANGE_REFUSED', message: 'Send the header "X-Trader-Request: 1" with what changes something.' };
  }
  return method === 'POST' ? refusePosted(request) : refuseAnyBody(request);
}

const refuseAnyBody = (request: IncomingMessage): Refusal | null =>
  hasBody(request) ? { code: 'BODY_REFUSED', message: 'A DELETE has no body.' } : null;

function refusePosted({ headers }: IncomingMessage): Refusal | null {
  if (!/^application\/json(;|$)/i.test(headers['content-type'] ?? '')) {
    return {
      code: 'CHANGE_REFUSED',
      message: 'Send JSON, as "Content-Type: application/json"; {} where there is nothing to say.',
    };
  }
  const length = headers['content-length'];
  if (length === undefined || headers['transfer-encoding'] !== undefined || Number(length) > MAX_BODY_BYTES) {
    return { code: 'BODY_REFUSED', message: `A body has a Content-Length, of ${MAX_BODY_BYTES} bytes at most.` };
  }
  return null;
}
