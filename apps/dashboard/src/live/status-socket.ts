// The socket to the trader: opened again whenever it ends, with the id of the last event, so that what was missed comes then.
// It decides nothing about what is shown: it tells contact and messages.
import { retryDelayMs, SILENT_AFTER_MS, whyClosed, type Contact } from './contact.ts';
import { parseMessage, type Message } from './messages.ts';
import { tokenProtocol } from './token.ts';

export type SocketParts = {
  readonly url: string;
  readonly token: () => string | null;
  /** Whether the trader lets us in: a browser does not say why a handshake failed. */
  readonly isRefused: () => Promise<boolean>;
  readonly onContact: (contact: Contact) => void;
  readonly onMessage: (message: Message) => void;
};

export class StatusSocket {
  readonly #parts: SocketParts;
  #socket: WebSocket | null = null;
  #listening: AbortController | null = null;
  #lastEventId: string | null = null;
  #lastHeardMs = performance.now();
  #lostSinceMs: number | null = null;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    setInterval(() => this.#closeIfSilent(), 500);
    parts.onContact({ kind: 'connecting', sinceMs: performance.now() });
    this.#open();
  }

  /** Does not wait for the next try. */
  tryNow(): void {
    if (this.#socket) return;
    clearTimeout(this.#retry);
    this.#open();
  }

  /** Nothing happens while there is no contact; whoever follows something asks again when there is. */
  send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #open(): void {
    const token = this.#parts.token();
    const since = this.#lastEventId === null ? '' : `?since=${encodeURIComponent(this.#lastEventId)}`;
    const socket = new WebSocket(this.#parts.url + since, [
      'trader.v1',
      ...(token === null ? [] : [tokenProtocol(token)]),
    ]);
    this.#socket = socket;
    this.#lastHeardMs = performance.now();
    const { signal } = (this.#listening = new AbortController());
    socket.addEventListener('message', ({ data }) => this.#accept(parseMessage(data)), { signal });
    socket.addEventListener('close', ({ code }) => void this.#lose(whyClosed(code)), { signal });
  }

  #accept(message: Message | null): void {
    if (!message) return;
    this.#lastHeardMs = performance.now();
    if (message.type === 'hello') {
      this.#failures = 0;
      this.#lostSinceMs = null;
    }
    if ('id' in message) this.#lastEventId = message.id;
    this.#parts.onMessage(message);
    if (message.type === 'hello') this.#parts.onContact({ kind: 'live' });
  }

  #closeIfSilent(): void {
    if (!this.#socket || performance.now() - this.#lastHeardMs < SILENT_AFTER_MS) return;
    void this.#lose(`The trader has said nothing for ${SILENT_AFTER_MS / 1_000} s.`);
  }

  async #lose(why: string): Promise<void> {
    this.#forget();
    this.#lostSinceMs ??= this.#lastHeardMs;
    this.#failures++;
    const delayMs = retryDelayMs(this.#failures, Math.random());
    const nextTryAtMs = performance.now() + delayMs;
    this.#parts.onContact({ kind: 'lost', sinceMs: this.#lostSinceMs, why, nextTryAtMs });
    if (await this.#parts.isRefused()) {
      this.#parts.onContact({ kind: 'token-needed', wasRefused: this.#parts.token() !== null });
      return;
    }
    if (this.#socket) return;
    this.#retry = setTimeout(() => this.#open(), Math.max(nextTryAtMs - performance.now(), 0));
  }

  #forget(): void {
    this.#listening?.abort();
    this.#socket?.close();
    this.#socket = null;
  }
}
