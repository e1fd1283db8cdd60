// Said above everything else: while there is no contact, how old what one sees is, why, and when it is tried again; afterwards,
// what of it is not there any more.
import { createSignal, Show, type JSX } from 'solid-js';
import { live } from '../live/live.ts';
import { duration } from '../text/duration.ts';
import { Mark } from './mark.tsx';
import './no-contact.css';

export function NoContact(): JSX.Element {
  const lost = () => {
    const contact = live.contact();
    return contact.kind === 'lost' ? contact : null;
  };
  // What it is counted from moves on with the age.
  const triesInS = (nextTryAtMs: number | null): number => {
    live.ageMs();
    return Math.max(Math.ceil(((nextTryAtMs ?? 0) - performance.now()) / 1_000), 0);
  };
  return (
    <Show when={lost()} fallback={<Notice />}>
      {(contact) => (
        <div class="no-contact" role="alert">
          <Mark level="none" />
          <b>
            {live.status()
              ? `Disconnected: what you see is ${duration(live.ageMs())} old.`
              : 'The trader is not there.'}
          </b>
          <span class="no-contact-why">
            {contact().why} {`Trying again in ${triesInS(contact().nextTryAtMs)} s; what was missed comes then.`}
          </span>
          <button type="button" onClick={() => live.tryNow()}>
            Try now
          </button>
        </div>
      )}
    </Show>
  );
}

function Notice(): JSX.Element {
  const [read, setRead] = createSignal<string | null>(null);
  return (
    <Show when={live.notice() !== read() && live.notice()}>
      {(text) => (
        <div class="notice" role="status">
          <span class="no-contact-why">{text()}</span>
          <button type="button" onClick={() => setRead(text())}>
            Close
          </button>
        </div>
      )}
    </Show>
  );
}
