// Who is let in. The same three questions for plain requests and for sockets; none of them does IO.
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback, type ResolvedHttpOptions } from './options.ts';
import type { Refusal } from './refusal.ts';
import { sameSecret } from './same-secret.ts';

/** The subprotocol that the socket speaks. */
export const SOCKET_PROTOCOL = 'trader.v1';
/** Browsers cannot set headers on a WebSocket: there the token comes as a second subprotocol, in base64url. */
const TOKEN_PROTOCOL = 'bearer.';

export type Asked = { readonly url?: string | undefined; readonly headers: IncomingHttpHeaders };

export class Gate {
  readonly #options: ResolvedHttpOptions;
  readonly #hosts: ReadonlySet<string>;

  constructor(options: ResolvedHttpOptions) {
    this.#options = options;
    this.#hosts = new Set(['localhost', '127.0.0.1', '[::1]', options.host, ...options.allowedHosts].map(lowerCase));
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
    if (this.#options.token === null) return null;
    if (new URLSearchParams(url?.split('?')[1]).has('token')) {
      const message = 'Do not put the token into the URL; send it as "Authorization: Bearer …".';
      return { code: 'TOKEN_IN_URL', message };
    }
    const given = tokenOf(headers);
    if (given !== null && sameSecret(given, this.#options.token)) return null;
    return { code: 'TOKEN_REQUIRED', message: 'Send the token as "Authorization: Bearer …".' };
  }

  /** Browsers say whose page opens a socket, and let any page open one. Without `Origin` it is no browser. */
  refuseOrigin({ headers }: Asked): Refusal | null {
    const { origin, host } = headers;
    if (origin === undefined || this.#options.allowedOrigins.includes(origin)) return null;
    if (origin === `${this.#options.tls ? 'https' : 'http'}://${host}`) return null;
    return { code: 'ORIGIN_REFUSED', message: 'Pages of this origin may not open the socket; allow the origin first.' };
  }
}

function tokenOf(headers: IncomingHttpHeaders): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '');
  if (bearer) return bearer[1]!;
  const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const protocol = protocols.find((name) => name.startsWith(TOKEN_PROTOCOL));
  return protocol === undefined ? null : Buffer.from(protocol.slice(TOKEN_PROTOCOL.length), 'base64url').toString();
}

/** `Host` without its port. */
const hostName = (host: string | undefined): string => lowerCase((host ?? '').replace(/:\d+$/, ''));

const lowerCase = (text: string): string => text.toLowerCase();
