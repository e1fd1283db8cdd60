// The line below every view: what keys do here, and which trader this is. `?` lists all keys.
import { For, Show, type JSX } from 'solid-js';
import { live } from '../live/live.ts';
import { duration } from '../text/duration.ts';
import { bound, useKeys, type Key } from './keys.ts';
import { VIEWS } from './parse-route.ts';
import { go } from './route.ts';
import './footer.css';

export function Footer(): JSX.Element {
  let dialog!: HTMLDialogElement;
  useKeys(
    [
      {
        keys: VIEWS.map((_view, index) => String(index + 1)),
        caps: ['1–5'],
        does: 'pages',
        run: ({ key }) => go(VIEWS[Number(key) - 1]!),
      },
      { keys: ['?'], caps: ['?'], does: 'all keys', run: () => dialog.showModal() },
    ],
    'page',
  );
  return (
    <footer class="footer">
      <ul class="footer-keys">
        <For each={listed().slice(0, 6)}>{(key) => <KeyHint {...key} />}</For>
      </ul>
      <Show when={live.status()}>
        {(status) => (
          <span class="footer-about">
            {[
              `trader ${status().versions.trader}`,
              `node ${status().versions.node}`,
              `up ${duration(status().uptimeMs)}`,
              ...(status().session ? [`recorder "${status().session!.recorder}"`] : []),
              status().database,
            ].join('  ·  ')}
          </span>
        )}
      </Show>
      <dialog ref={dialog} aria-labelledby="keys-title">
        <h2 id="keys-title">Keys</h2>
        <ul>
          <For each={listed()}>{(key) => <KeyHint {...key} />}</For>
        </ul>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </footer>
  );
}

const listed = (): readonly Key[] => bound().filter(({ caps }) => caps);

function KeyHint(props: Key): JSX.Element {
  return (
    <li>
      <For each={props.caps}>{(cap) => <kbd>{cap}</kbd>}</For> {props.does}
    </li>
  );
}
