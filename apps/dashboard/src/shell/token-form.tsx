// Asked once for each tab where the trader wants a token.
import { createSignal, Show, type JSX } from 'solid-js';
import { live } from '../live/live.ts';
import './token-form.css';

export function TokenForm(props: { readonly wasRefused: boolean }): JSX.Element {
  const [token, setToken] = createSignal('');
  const send = (event: Event): void => {
    event.preventDefault();
    if (token() !== '') live.useToken(token());
  };
  return (
    <main class="token-form">
      <form onSubmit={send}>
        <h1>This trader wants a token.</h1>
        <p class="soft">
          It is in the file that <code>TRADER_HTTP_TOKEN_FILE</code> names. It is kept for this tab alone, and is sent
          as a header, never in an address.
        </p>
        <label>
          Token
          <input
            type="password"
            autocomplete="off"
            autofocus
            value={token()}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </label>
        <Show when={props.wasRefused}>
          <p class="bad" role="alert">
            The trader refused that token.
          </p>
        </Show>
        <button class="primary" type="submit">
          Show the trader
        </button>
      </form>
    </main>
  );
}
