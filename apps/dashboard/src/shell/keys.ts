// What keys do. Each view says its own while it is shown; the footer lists them, and ? all.
import { createSignal, onCleanup } from 'solid-js';

export type Key = {
  /** As `KeyboardEvent.key` has them; any of these. */
  readonly keys: readonly string[];
  /** As the footer shows them; none: it is not listed there. */
  readonly caps?: readonly string[];
  readonly does: string;
  readonly run: (event: KeyboardEvent) => void;
};

const [groups, setGroups] = createSignal<readonly (readonly Key[])[]>([]);

/** Those that were bound last come first: they are the view's. */
export const bound = (): readonly Key[] => groups().toReversed().flat();

/** From now on, until whoever calls is gone. @param scope keys of the `page` give way to those of the view */
export function useKeys(keys: readonly Key[], scope: 'view' | 'page' = 'view'): void {
  setGroups((before) => (scope === 'view' ? [...before, keys] : [keys, ...before]));
  onCleanup(() => setGroups((before) => before.filter((group) => group !== keys)));
}

/** Whoever writes text, or has a control that knows this key itself, keeps it. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches('input, select, textarea, [contenteditable]')) return true;
  return target.matches('button, a, summary') && (key === ' ' || key === 'Enter');
}

addEventListener('keydown', (event) => {
  if (document.querySelector('dialog[open]')) return;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  const key = bound().find(({ keys }) => keys.includes(event.key));
  if (!key) return;
  event.preventDefault();
  key.run(event);
});
