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

/** The trader answers few questions at a time: while others are answered it is asked again after these, in ms. */
const BUSY_WAITS_MS = [250, 500, 1_000, 2_000, 4_000];

/**
 * @param token asked anew for each question
 * @param ask the network
 * @param wait resolves after so many ms, at once when the signal is aborted
 */
export function createAsk(token: () => string | null, ask: typeof fetch = fetch, wait = pause): Ask {
  return async <Body>(path: string, { method = 'GET', sent, signal }: Parameters<Ask>[1] = {}) => {
    const once = async (): Promise<Body> => {
      const headers = new Headers();
      const bearer = token();
      if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`);
      if (method !== 'GET') headers.set('x-trader-request', '1');
      if (method === 'POST') headers.set('content-type', 'application/json');
      const body = method === 'POST' ? { body: JSON.stringify(sent ?? {}) } : {};
      return answerOf<Body>(async () => ask(path, { method, headers, ...body, ...(signal ? { signal } : {}) }));
    };
    for (const waitMs of BUSY_WAITS_MS) {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof AskError && error.code === 'TOO_MANY_REQUESTS')) throw error;
        await wait(waitMs, signal);
      }
    }
    return once();
  };
}

async function answerOf<Body>(asked: () => Promise<Response>): Promise<Body> {
  let response: Response;
  try {
    response = await asked();
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
}

const pause = async (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });

function errorOf(status: number, body: unknown): AskError {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  return new AskError(
    typeof error?.code === 'string' ? error.code : `HTTP_${status}`,
    typeof error?.message === 'string' ? error.message : `The trader answered with HTTP ${status}.`,
  );
}
