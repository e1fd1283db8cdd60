// One GET, signed if need be, with a deadline, tried again where that can help.
import { MarketDiscoveryError, messageOf } from '../errors.ts';
import { resolveRest, type ResolvedRest, type RestOptions } from '../options.ts';

export type RestAnswer = {
  readonly body: unknown;
  /** The exchange's clock, to a second; `null` without a `Date` header. */
  readonly exchangeAtMs: number | null;
};

const TRIES = 4;
const RETRY = { baseMs: 250, maxMs: 4_000 };
/** Longer bodies are no answer to what is asked here. */
const MAX_BODY_CHARACTERS = 64 * 1024 * 1024;

/**
 * Asks the exchange's REST for anything.
 *
 * @throws {TypeError | RangeError} for a wrong option
 */
export const createRestClient = (options: RestOptions): RestClient => new RestClient(resolveRest(options));

export class RestClient {
  readonly #options: ResolvedRest;

  constructor(options: ResolvedRest) {
    this.#options = options;
  }

  /**
   * The JSON of an answer. A refused connection, a missed deadline, 429 and 5xx are tried again, with jitter; anything else is
   * final. A 429 has no `Retry-After` and costs nothing beyond the wait (docs.kalshi.com, rate limits).
   *
   * @param path below the base, with its query: `/markets?limit=1000`
   * @throws {MarketDiscoveryError}
   */
  async get(
    path: string,
    { signal, tries = TRIES }: { signal?: AbortSignal; tries?: number } = {},
  ): Promise<RestAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(path, signal);
      } catch (error) {
        const { status, code } = error as MarketDiscoveryError;
        const passing = code === 'REST_UNREACHABLE' || status === 429 || (status !== null && status >= 500);
        if (!passing || attempt >= tries || signal?.aborted) throw error;
      }
      const mostMs = Math.min(RETRY.maxMs, RETRY.baseMs * 2 ** (attempt - 1));
      await this.#pause(mostMs * (0.5 + this.#options.runtime.random() / 2), signal);
    }
  }

  async #once(path: string, signal: AbortSignal | undefined): Promise<RestAnswer> {
    const { restUrl, runtime, timeoutMs, fetch: get } = this.#options;
    const { url, authorization } = requestOf(restUrl, path);
    const deadline = new AbortController();
    const disarm = runtime.setTimer(timeoutMs, () => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)));
    const ends = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
    const shown = `GET ${url.pathname}`;
    try {
      const headers = { accept: 'application/json', ...authorization, ...(await this.#signed(url, ends)) };
      // A redirect would carry the signature to somebody else.
      const answer = get(url, { headers, redirect: 'error', signal: ends });
      const response = await unlessAborted(answer, ends);
      const text = await unlessAborted(response.text(), ends);
      if (!response.ok) {
        throw new MarketDiscoveryError(
          'REST_REFUSED',
          `${shown}: HTTP ${response.status} ${reasonOf(text)}`.trim(),
          response.status,
        );
      }
      if (text.length > MAX_BODY_CHARACTERS)
        throw new MarketDiscoveryError('REST_UNREADABLE', `${shown}: the answer is too long`);
      const date = Date.parse(response.headers.get('date') ?? '');
      return { body: parse(text, shown), exchangeAtMs: Number.isNaN(date) ? null : date };
    } catch (cause) {
      if (cause instanceof MarketDiscoveryError) throw cause;
      const why = deadline.signal.aborted ? messageOf(deadline.signal.reason) : networkReason(cause);
      throw new MarketDiscoveryError('REST_UNREACHABLE', `${shown} at ${url.host}: ${why}`, null, cause);
    } finally {
      disarm();
    }
  }

  /** Signed anew at each try: the exchange refuses old timestamps. */
  async #signed({ pathname: path }: URL, ends: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { sign } = this.#options;
    if (!sign) return {};
    let headers: Readonly<Record<string, string>>;
    try {
      headers = await unlessAborted(sign({ method: 'GET', path }), ends);
    } catch (cause) {
      throw new MarketDiscoveryError('SIGNER_FAILED', `GET ${path} was not signed`, null, cause);
    }
    try {
      return Object.fromEntries(new Headers(headers));
    } catch {
      // The cause is left out: it quotes the header, which may hold a signature.
      throw new MarketDiscoveryError('SIGNER_FAILED', `GET ${path}: what sign gave cannot be sent as headers`);
    }
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

/** Whoever signs or fetches may be somebody else's, and not look at the signal: a search must not wait for ever. */
function unlessAborted<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  Promise.resolve(work)
    .then(resolve, reject)
    .finally(() => signal.removeEventListener('abort', onAbort));
  return promise;
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
    throw new MarketDiscoveryError('REST_UNREADABLE', `${shown}: the answer is no JSON`);
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

/** As it is where it cannot be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
