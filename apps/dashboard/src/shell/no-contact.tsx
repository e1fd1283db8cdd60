// Said above everything else: while there is no contact, how old what one sees is, why, and when it is tried again; afterwards,
// what of it is not there any more.
import { createSignal, onCleanup, Show, type JSX } from 'solid-js';
import { live } from '../live/live.ts';
import { duration } from '../text/duration.ts';
import { Mark } from './mark.tsx';
import './no-contact.css';

export function NoContact(): JSX.Element {
  const lost = () => {
    const contact = live.contact();
    return contact.kind === 'lost' ? contact : null;
  };
  const [monotonicMs, setMonotonicMs] = createSignal(performance.now());
  const timer = setInterval(() => setMonotonicMs(performance.now()), 250);
  onCleanup(() => clearInterval(timer));
  return (
    <Show when={lost()} fallback={<Notice />}>
      {(contact) => (
        <div class="no-contact" role="alert">
          <Mark level="none" />
          <b>
            {live.status()
              ? `Disconnected: what you see is ${duration(monotonicMs() - contact().sinceMs)} old.`
              : 'The trader is not there.'}
          </b>
          <span class="no-contact-why">
            {contact().why}{' '}
            {`Trying again in ${Math.max(Math.ceil(((contact().nextTryAtMs ?? 0) - monotonicMs()) / 1_000), 0)} s; what was missed comes then.`}
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
