// Puts a text where it can be pasted from, and says whether it is there.
import { createSignal, onCleanup, type JSX } from 'solid-js';

const SAID_MS = 1_500;

/** @param props.label for whoever does not see what stands beside it */
export function CopyButton(props: {
  readonly text: string;
  readonly label: string;
  readonly word?: string;
}): JSX.Element {
  const [said, setSaid] = createSignal<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const copy = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      await navigator.clipboard.writeText(props.text);
      setSaid('Copied');
    } catch {
      setSaid('Refused');
    }
    timer = setTimeout(() => setSaid(null), SAID_MS);
  };
  return (
    <button type="button" class="sessions-copy" onClick={() => void copy()}>
      <span aria-live="polite">{said() ?? props.word ?? 'Copy'}</span>
      <span class="unseen"> {props.label}</span>
    </button>
  );
}
