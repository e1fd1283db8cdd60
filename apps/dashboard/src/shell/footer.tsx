// The line below every view: what keys do here, and which trader this is, or what the view says instead. `?` lists all keys.
import { For, Show, type JSX } from 'solid-js';
import type { StatusSummary } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { duration } from '../text/duration.ts';
import { footerNote } from './footer-note.ts';
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
      <Show when={footerNote() ?? live.status()}>
        <span class="footer-about">{footerNote() ?? about(live.status()!)}</span>
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

/** A key of the page that the view has for something else is not listed. */
const listed = (): readonly Key[] => {
  const all = bound();
  return all.filter(({ caps, keys }, index) => {
    const before = all.slice(0, index);
    return caps && !keys.every((key) => before.some((other) => other.keys.includes(key)));
  });
};

/** Which trader this is. */
const about = ({ versions, uptimeMs, session, database }: StatusSummary): string =>
  [
    `trader ${versions.trader}`,
    `node ${versions.node}`,
    `up ${duration(uptimeMs)}`,
    ...(session ? [`recorder "${session.recorder}"`] : []),
    database,
  ].join('  ·  ');

function KeyHint(props: Key): JSX.Element {
  return (
    <li>
      <For each={props.caps}>{(cap) => <kbd>{cap}</kbd>}</For> {props.does}
    </li>
  );
}
