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

const [bound, setBound] = createSignal<readonly Key[]>([]);

export { bound };

/** From now on, until whoever calls is gone. */
export function useKeys(keys: readonly Key[]): void {
  setBound((before) => [...before, ...keys]);
  onCleanup(() => setBound((before) => before.filter((key) => !keys.includes(key))));
}

/** Whoever writes text, or has a control that knows this key itself, keeps it. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches('input, select, textarea, [contenteditable]')) return true;
  return target.matches('button, a, summary') && (key === ' ' || key === 'Enter');
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  const key = bound().findLast(({ keys }) => keys.includes(event.key));
  if (!key) return;
  event.preventDefault();
  key.run(event);
});
