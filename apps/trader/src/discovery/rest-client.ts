// One signed GET, with a deadline, tried again where that can help.
import { createSigner, type Runtime, type Signer } from '@trader/orderbook-client';
import { AUTH_HEADERS } from '@trader/orderbook-client/wire';
import { messageOf } from '../errors.ts';
import { decoded } from '../secrets/shown-address.ts';

export type RestOptions = {
  /** `https://host/trade-api/v2`. */
  readonly restUrl: string;
  /** `null` sends no signature; lists of markets are public. */
  readonly credentials: { readonly keyId: string; readonly privateKeyPem: string } | null;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  readonly runtime: Runtime;
  /** Longest wait for one answer, its body included. @default 10000 */
  readonly timeoutMs?: number;
};

/** Why there is no answer. The message names the path and what the exchange said, and holds no key. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly code: 'REST_UNREACHABLE' | 'REST_REFUSED' | 'REST_UNREADABLE';
  readonly status: number | null;
  constructor(code: RestError['code'], message: string, status: number | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
  }
}

export type RestAnswer = {
  readonly body: unknown;
  /** The exchange's clock, to a second; `null` without a `Date` header. */
  readonly exchangeAtMs: number | null;
};

const TRIES = 4;
const RETRY = { baseMs: 250, maxMs: 4_000 };
/** Longer bodies are no answer to what is asked here. */
const MAX_BODY_CHARACTERS = 64 * 1024 * 1024;

export class RestClient {
  readonly #options: RestOptions;
  readonly #signer: Signer | null;

  /** @throws {OrderbookClientError} `KEY_INVALID` */
  constructor(options: RestOptions) {
    this.#options = options;
    const { credentials } = options;
    this.#signer = credentials && createSigner(credentials.keyId, credentials.privateKeyPem);
  }

  /**
   * The JSON of an answer. A refused connection, a missed deadline, 429 and 5xx are tried again, with jitter; anything else is
   * final. A 429 has no `Retry-After` and costs nothing beyond the wait (docs.kalshi.com, rate limits).
   *
   * @param path below the base, with its query: `/markets?limit=1000`
   * @throws {RestError}
   */
  async get(
    path: string,
    { signal, tries = TRIES }: { signal?: AbortSignal; tries?: number } = {},
  ): Promise<RestAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(path, signal);
      } catch (error) {
        const { status, code } = error as RestError;
        const passing = code === 'REST_UNREACHABLE' || status === 429 || (status !== null && status >= 500);
        if (!(error instanceof RestError) || !passing || attempt >= tries || signal?.aborted) throw error;
      }
      const mostMs = Math.min(RETRY.maxMs, RETRY.baseMs * 2 ** (attempt - 1));
      await this.#pause(mostMs * (0.5 + this.#options.runtime.random() / 2), signal);
    }
  }

  async #once(path: string, signal: AbortSignal | undefined): Promise<RestAnswer> {
    const { restUrl, runtime, timeoutMs = 10_000, fetch: get = globalThis.fetch } = this.#options;
    const { url, authorization } = requestOf(restUrl, path);
    const deadline = new AbortController();
    const disarm = runtime.setTimer(timeoutMs, () => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)));
    const ends = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
    const shown = `GET ${url.pathname}`;
    try {
      const response = await get(url, {
        headers: { accept: 'application/json', ...authorization, ...(await this.#headers(url)) },
        // A redirect would carry the signature to somebody else.
        redirect: 'error',
        signal: ends,
      });
      const text = await response.text();
      if (!response.ok) {
        throw new RestError(
          'REST_REFUSED',
          `${shown}: HTTP ${response.status} ${reasonOf(text)}`.trim(),
          response.status,
        );
      }
      if (text.length > MAX_BODY_CHARACTERS) throw new RestError('REST_UNREADABLE', `${shown}: the answer is too long`);
      const date = Date.parse(response.headers.get('date') ?? '');
      return { body: parse(text, shown), exchangeAtMs: Number.isNaN(date) ? null : date };
    } catch (cause) {
      if (cause instanceof RestError) throw cause;
      const why = deadline.signal.aborted ? messageOf(deadline.signal.reason) : networkReason(cause);
      throw new RestError('REST_UNREACHABLE', `${shown} at ${url.host}: ${why}`, null, cause);
    } finally {
      disarm();
    }
  }

  /** Signed anew at each try: the exchange refuses old timestamps. The query is not part of what is signed. */
  async #headers(url: URL): Promise<Record<string, string>> {
    if (!this.#signer) return {};
    const timestamp = String(this.#options.runtime.nowMs());
    return {
      [AUTH_HEADERS.key]: this.#signer.keyId,
      [AUTH_HEADERS.timestamp]: timestamp,
      [AUTH_HEADERS.signature]: await this.#signer.sign(`${timestamp}GET${url.pathname}`),
    };
  }

  async #pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.runtime.setTimer(delayMs, resolve);
    const onAbort = (): void => resolve();
    signal?.addEventListener('abort', onAbort);
    try {
      await promise;
    } finally {
      cancel();
      signal?.removeEventListener('abort', onAbort);
    }
    signal?.throwIfAborted();
  }
}

/** The base may have a query of its own, and a user and password, which `fetch` refuses in a URL, and quotes. */
function requestOf(
  restUrl: string,
  path: string,
): { readonly url: URL; readonly authorization: Record<string, string> } {
  const url = new URL(restUrl);
  const asked = new URL(path, url.origin);
  url.pathname = url.pathname.replace(/\/$/, '') + asked.pathname;
  url.search = [url.search, asked.search]
    .map((query) => query.slice(1))
    .filter(Boolean)
    .join('&');
  const [user, password] = [url.username, url.password].map(decoded);
  url.username = '';
  url.password = '';
  if (!user && !password) return { url, authorization: {} };
  return { url, authorization: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } };
}

function parse(text: string, shown: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new RestError('REST_UNREADABLE', `${shown}: the answer is no JSON`);
  }
}

/** `{"error": {"code", "message"}}`, or `{"error": "too many requests"}` of a 429. */
function reasonOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return error.slice(0, 200);
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    return [code, message]
      .filter((part) => typeof part === 'string')
      .join(': ')
      .slice(0, 200);
  } catch {
    return '';
  }
}

/** `fetch` says only "fetch failed"; why is in its cause. */
function networkReason(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  if (typeof cause?.code === 'string') return cause.code;
  return typeof cause?.message === 'string' ? cause.message : messageOf(error);
}
