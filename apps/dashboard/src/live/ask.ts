// One question to the trader over HTTP, or one change. Whatever is no answer is an error with the trader's own code and words.

export class AskError extends Error {
  /** The trader's, or `NO_CONTACT`: it was not reached, or `ANSWER_UNREADABLE`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AskError';
    this.code = code;
  }
}

export type Method = 'GET' | 'POST' | 'DELETE';

export type Ask = <Body>(
  path: string,
  options?: { method?: Method; sent?: unknown; signal?: AbortSignal },
) => Promise<Body>;

/** @param token asked anew for each question */
export const createAsk =
  (token: () => string | null): Ask =>
  async <Body>(
    path: string,
    { method = 'GET', sent, signal }: { method?: Method; sent?: unknown; signal?: AbortSignal } = {},
  ) => {
    const headers = new Headers();
    const bearer = token();
    if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`);
    if (method !== 'GET') headers.set('x-trader-request', '1');
    if (method === 'POST') headers.set('content-type', 'application/json');
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers,
        ...(method === 'POST' ? { body: JSON.stringify(sent ?? {}) } : {}),
        ...(signal ? { signal } : {}),
      });
    } catch (cause) {
      throw new AskError('NO_CONTACT', 'The trader was not reached.', { cause });
    }
    let body: unknown = null;
    try {
      body = await response.json();
    } catch (cause) {
      // A refusal is told by its status all the same.
      if (response.ok)
        throw new AskError('ANSWER_UNREADABLE', "The answer broke off, or is not the trader's.", { cause });
    }
    if (response.ok) return body as Body;
    throw errorOf(response.status, body);
  };

function errorOf(status: number, body: unknown): AskError {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  return new AskError(
    typeof error?.code === 'string' ? error.code : `HTTP_${status}`,
    typeof error?.message === 'string' ? error.message : `The trader answered with HTTP ${status}.`,
  );
}
