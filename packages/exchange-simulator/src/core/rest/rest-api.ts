// REST without a socket. In goes a request whose caller is known; out come a status and a body. `routes.ts` has a line for
// every path, `bodies.ts` the objects, `market-query.ts` the filters.
import { Query } from './query.ts';
import { methodNotAllowed, notFound, RestRefusal, tooManyRequests } from './refusal.ts';
import { type RestView, type Route, routes } from './routes.ts';

export interface RestRequest {
  /** Below `/trade-api/v2`, as {@link findRoute} takes it. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whose tokens it costs; empty for requests without a signature. */
  readonly account: string;
  /** The exchange's clock. */
  readonly nowMs: number;
  readonly monotonicMs: number;
}

export interface RestReply {
  readonly status: number;
  readonly body: object;
}

/** The route of a request, or the refusal: 404 for an unknown path, 405 for a known one with another method. */
export function findRoute(method: string, path: string): Route | RestRefusal {
  const fitting = routes.filter((route) => nameIn(route, path) !== undefined);
  return fitting.find((route) => route.method === method) ?? (fitting.length > 0 ? methodNotAllowed() : notFound());
}

/** Answers a request whose caller was found to be in order. */
export function answerRest(view: RestView, route: Route, request: RestRequest): RestReply {
  try {
    const { account, nowMs, path } = request;
    if (!view.limits.takeRead(account, request.monotonicMs)) throw tooManyRequests();
    const name = nameIn(route, path) ?? '';
    const body = route.answer(view, { query: new Query(request.query), name, account, nowMs });
    return { status: 200, body };
  } catch (error) {
    if (error instanceof RestRefusal) return error;
    throw error;
  }
}

/** What stands in the place of `*`; empty for a route without one; `undefined` when the path is another's. */
function nameIn({ path: pattern }: Route, path: string): string | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  let name = '';
  for (const [index, part] of wanted.entries()) {
    const found = given[index] as string;
    if (part === '*' && found !== '') name = found;
    else if (part !== found) return undefined;
  }
  return name;
}
