// An address's part behind the #, and the view that it means.

export const VIEWS = ['overview', 'market', 'markets', 'sessions', 'faults'] as const;

export type View = (typeof VIEWS)[number];

/** `of`: a ticker on `market`, a session's id on `sessions`. `atMs`: the time that is looked at, in ms since the epoch. */
export type Route = { readonly view: View; readonly of: string | null; readonly atMs: number | null };

/** `#/market/KXGOLD15M-26AUG101915-15?at=1790000000000`. Whatever is no view is the overview, and what is no time is none. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', ...rest] = path.split('/');
  const view = VIEWS.find((each) => each === name);
  if (!view) return { view: 'overview', of: null, atMs: null };
  const of = rest.join('/');
  const at = /^\d{1,14}$/.exec(new URLSearchParams(query).get('at') ?? '');
  return { view, of: of === '' ? null : decode(of), atMs: at ? Number(at[0]) : null };
}

export const hrefOf = (view: View, of: string | null = null, atMs: number | null = null): string =>
  `#/${view}${of === null ? '' : `/${encodeURIComponent(of)}`}${atMs === null ? '' : `?at=${Math.round(atMs)}`}`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
