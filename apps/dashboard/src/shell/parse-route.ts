// An address's part behind the #, and the view that it means.

export const VIEWS = ['overview', 'market', 'markets', 'sessions', 'faults'] as const;

export type View = (typeof VIEWS)[number];

/** `of`: a ticker on `market`, a session's id on `sessions`. */
export type Route = { readonly view: View; readonly of: string | null };

/** `#/market/KXGOLD15M-26AUG101915-15`. Whatever is no view is the overview. */
export function parseRoute(hash: string): Route {
  const [name = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  const view = VIEWS.find((each) => each === name);
  const of = rest.join('/');
  return view ? { view, of: of === '' ? null : decode(of) } : { view: 'overview', of: null };
}

export const hrefOf = (view: View, of: string | null = null): string =>
  of === null ? `#/${view}` : `#/${view}/${encodeURIComponent(of)}`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
