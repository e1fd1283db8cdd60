// A `fetch` for tests that answers from a script, and remembers what it was asked.

export type Scripted =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** No answer at all, until the caller gives up. */
  | 'silence'
  | Error;

export type Asked = { readonly url: URL; readonly headers: Readonly<Record<string, string>> };

/** @param answer what comes for each request, by its number from 0 */
export function scriptedFetch(answer: (asked: Asked, index: number) => Scripted): {
  readonly fetch: typeof fetch;
  readonly asked: readonly Asked[];
} {
  const asked: Asked[] = [];
  const respond: typeof fetch = async (input, init) => {
    const request: Asked = {
      url: new URL(input instanceof Request ? input.url : input),
      headers: Object.fromEntries(new Headers(init?.headers).entries()),
    };
    asked.push(request);
    const scripted = answer(request, asked.length - 1);
    if (scripted === 'silence') return untilAborted(init?.signal);
    if (scripted instanceof Error) throw scripted;
    const { status = 200, body, headers = {} } = scripted;
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
  };
  return { fetch: respond, asked };
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')), { once: true });
  });
}
