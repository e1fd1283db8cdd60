// Who is let in. The same questions for plain requests and for sockets; none of them does IO, and none can throw.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isLoopback, type ResolvedHttpOptions } from '../config/http-options.ts';
import type { Refusal } from './refusal.ts';
import { sameSecret } from './same-secret.ts';

/** The subprotocol that the socket speaks. */
export const SOCKET_PROTOCOL = 'trader.v1';
/** Browsers cannot set headers on a WebSocket: there the token comes as a second subprotocol, in base64url. */
const TOKEN_PROTOCOL = 'bearer.';

/** Longest URL that is read, in characters. */
const MAX_URL_LENGTH = 2_048;
/** Most header lines. Of very many Node leaves some out, and those could be what is asked about here. */
const MAX_HEADERS = 100;

/** What is answered without a token: who asks it is often unable to send one. The path alone, as it came. */
export const isProbe = (url: string | undefined): boolean => /^\/(livez|readyz|standbyz)(\?|$)/.test(url ?? '');

/** What the page is made of. It asks whoever looks at it for the token, and has nothing of the trader in it. */
const isPage = (url: string | undefined): boolean => /^\/(favicon\.svg|assets\/[^?]*)?(\?|$)/.test(url ?? '');

export type Asked = { readonly url?: string | undefined; readonly headers: IncomingHttpHeaders };

export class Gate {
  readonly #options: ResolvedHttpOptions;
  readonly #hosts: ReadonlySet<string>;
  #token: string | null;

  constructor(options: ResolvedHttpOptions) {
    this.#options = options;
    this.#token = options.token;
    this.#hosts = new Set(['localhost', '127.0.0.1', '[::1]', options.host, ...options.allowedHosts].map(nameOf));
  }

  /** Whoever comes from now on needs this one. `null`: nobody needs any. */
  setToken(token: string | null): void {
    this.#token = token;
  }

  /** All that is asked of whoever comes, with a plain request or an upgrade. `null`: it is let in. */
  refuse(request: IncomingMessage): Refusal | null {
    return (
      refuseForm(request) ??
      this.refuseHost(request) ??
      (isProbe(request.url) ? null : this.refuseToken(request)) ??
      this.refuseOrigin(request)
    );
  }

  /**
   * A page on the internet can make its own name resolve to 127.0.0.1 and then read what listens there as its own
   * origin (DNS rebinding). Its name is in `Host`, and not among ours. Beyond loopback the token is what protects.
   */
  refuseHost({ headers }: Asked): Refusal | null {
    if (!isLoopback(this.#options.host) || this.#hosts.has(hostName(headers.host))) return null;
    return { code: 'HOST_REFUSED', message: 'The Host header names no host of this server. Ask for 127.0.0.1.' };
  }

  /** A URL is no place for a secret: it ends up in access logs, browser histories and `Referer` headers. */
  refuseToken({ url, headers }: Asked): Refusal | null {
    if (this.#token === null) return null;
    if (new URLSearchParams(url?.split('?')[1]).has('token')) {
      const message = 'Do not put the token into the URL; send it as "Authorization: Bearer …".';
      return { code: 'TOKEN_IN_URL', message };
    }
    if (isPage(url)) return null;
    const given = tokenOf(headers);
    if (given !== null && sameSecret(given, this.#token)) return null;
    return { code: 'TOKEN_REQUIRED', message: 'Send the token as "Authorization: Bearer …".' };
  }

  /**
   * Browsers say whose page asks, and let any page open a socket and send plain requests. Without `Origin` it is no
   * browser, or the browser lets no page see the answer.
   */
  refuseOrigin({ headers }: Asked): Refusal | null {
    const { origin, host } = headers;
    if (origin === undefined || this.#options.allowedOrigins.includes(origin)) return null;
    if (host !== undefined && origin === `${this.#options.tls ? 'https' : 'http'}://${lowerCase(host)}`) return null;
    return { code: 'ORIGIN_REFUSED', message: 'Pages of this origin may not ask; allow the origin first.' };
  }
}

/** One host, a path, and not too much of anything. A whole URL in place of a path would name a second host. */
function refuseForm({ url = '', headersDistinct, rawHeaders, httpVersion }: IncomingMessage): Refusal | null {
  const hosts = headersDistinct['host']?.length ?? 0;
  if (url.length > MAX_URL_LENGTH) {
    return { code: 'URL_TOO_LONG', message: `A URL may have ${MAX_URL_LENGTH} characters.` };
  }
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    return { code: 'HEADERS_TOO_LARGE', message: `A request may have ${MAX_HEADERS} header lines.` };
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    return { code: 'REQUEST_INVALID', message: 'A request has one Host header.' };
  }
  if (!url.startsWith('/')) return { code: 'REQUEST_INVALID', message: 'Ask for a path, such as /status.' };
  return null;
}

function tokenOf(headers: IncomingHttpHeaders): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '');
  if (bearer) return bearer[1]!;
  const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const protocol = protocols.find((name) => name.startsWith(TOKEN_PROTOCOL));
  return protocol === undefined ? null : Buffer.from(protocol.slice(TOKEN_PROTOCOL.length), 'base64url').toString();
}

/** `Host` without its port; with a full stop at its end a name is the same, only whole. */
const hostName = (host: string | undefined): string => nameOf((host ?? '').replace(/:\d+$/, ''));

const nameOf = (host: string): string => lowerCase(host).replace(/\.$/, '');

const lowerCase = (text: string): string => text.toLowerCase();
