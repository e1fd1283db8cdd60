// What a view says at the right of the footer while it is shown, in place of which trader this is.
import { createSignal, onCleanup, type Accessor } from 'solid-js';

const [said, setSaid] = createSignal<Accessor<string> | null>(null);

/** `null`: the view that is shown says nothing. */
export const footerNote = (): string | null => said()?.() ?? null;

/** From now on, until whoever calls is gone. */
export function useFooterNote(text: Accessor<string>): void {
  setSaid(() => text);
  onCleanup(() => setSaid((before) => (before === text ? null : before)));
}
