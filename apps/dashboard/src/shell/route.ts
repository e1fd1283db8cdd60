// Which view is shown: it stands behind the # of the address, so that it can be sent to somebody.
import { createSignal } from 'solid-js';
import { hrefOf, parseRoute, type View } from './parse-route.ts';

const [route, setRoute] = createSignal(parseRoute(location.hash));
addEventListener('hashchange', () => setRoute(parseRoute(location.hash)));

export { route };

export function go(view: View, of: string | null = null): void {
  location.hash = hrefOf(view, of);
}
