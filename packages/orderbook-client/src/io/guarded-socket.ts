// A socket that cannot break the client, whoever made it: what its maker or one of its methods throws, or a promise of
// theirs rejects with, becomes the end of that socket, which is told like any other.
import { OrderbookClientError } from '../errors.ts';
import { isPromise } from './is-promise.ts';
import { isOwnOpener, type OpenSocket, type Socket, type SocketListener } from './socket.ts';

const METHODS = ['send', 'ping', 'pause', 'resume', 'drop', 'close'] as const;

export class GuardedSocket implements Socket {
  readonly #listener: SocketListener;
  readonly #onFailure: (error: OrderbookClientError) => void;
  /** `null` before it is there. */
  #socket: Socket | null = null;
  /** What was told before it was there; `null` from then on. */
  #early: (() => void)[] | null = [];
  /** Its end was told, or it was given up. */
  #over = false;

  /** @param onFailure gets what fails after the end, which the listener hears no more of */
  constructor(listener: SocketListener, onFailure: (error: OrderbookClientError) => void) {
    this.#listener = listener;
    this.#onFailure = onFailure;
  }

  open(openSocket: OpenSocket, url: string, headers: Readonly<Record<string, string>>): void {
    const failed = (cause: unknown): void => this.#end(failure('CONNECT_FAILED', 'openSocket threw', cause));
    try {
      const made: unknown = openSocket(url, headers, this.#guardedListener(isOwnOpener(openSocket)));
      if (isPromise(made)) made.then((socket) => this.#start(socket), failed);
      else this.#start(made);
    } catch (cause) {
      failed(cause);
    }
  }

  send(text: string): void {
    this.#call('send', (socket) => socket.send(text));
  }

  ping(): void {
    this.#call('ping', (socket) => socket.ping());
  }

  pause(): void {
    this.#call('pause', (socket) => socket.pause());
  }

  resume(): void {
    this.#call('resume', (socket) => socket.resume());
  }

  drop(): void {
    this.#over = true;
    this.#call('drop', (socket) => socket.drop());
  }

  async close(timeoutMs: number): Promise<void> {
    this.#over = true;
    try {
      await this.#socket?.close(timeoutMs);
    } catch (cause) {
      this.#failed('close', cause);
    }
  }

  /** It did not end in time. */
  giveUp(): void {
    this.#onFailure(failure('DISCONNECTED', "The socket's close() did not end, and it is dropped", undefined));
    this.drop();
  }

  /** @param isTrusted its frames are passed on unseen, which saves a twentieth of the time that one takes */
  #guardedListener(isTrusted: boolean): SocketListener {
    const listener = this.#listener;
    const tell = (call: () => void): void => {
      if (!this.#early) call();
      else if (!this.#over) this.#early.push(call);
    };
    const frame = (given: unknown): void => {
      const bytes = given instanceof Uint8Array ? given : bytesOf(given);
      if (bytes) tell(() => listener.frame(bytes));
      else this.#failed('frame', new TypeError('a frame must be bytes or text'));
    };
    return {
      serverTime: (atMs) => tell(() => listener.serverTime(atMs)),
      opened: () => tell(() => listener.opened()),
      // oxlint-disable-next-line typescript/unbound-method -- one call more for each frame is what is saved
      frame: isTrusted ? listener.frame : frame,
      ping: () => tell(() => listener.ping()),
      pong: () => tell(() => listener.pong()),
      closed: (error: unknown) =>
        tell(() =>
          this.#end(
            OrderbookClientError.isInstance(error) ? error : failure('DISCONNECTED', 'The socket was closed', error),
          ),
        ),
    };
  }

  /** It is there; what it has said already is told now. */
  #start(made: unknown): void {
    if (!isSocket(made)) {
      this.#end(failure('CONNECT_FAILED', `openSocket returned no socket, which has ${METHODS.join(', ')}`, undefined));
      return;
    }
    this.#socket = made;
    const early = this.#early ?? [];
    this.#early = null;
    // It was given up before it was there.
    if (this.#over) this.drop();
    else for (const call of early) call();
  }

  #call(method: (typeof METHODS)[number], work: (socket: Socket) => unknown): void {
    if (!this.#socket) return;
    try {
      const result = work(this.#socket);
      if (isPromise(result)) result.then(undefined, (cause: unknown) => this.#failed(method, cause));
    } catch (cause) {
      this.#failed(method, cause);
    }
  }

  #failed(method: string, cause: unknown): void {
    const error = failure('DISCONNECTED', `The socket's ${method}() threw`, cause);
    if (this.#over) this.#onFailure(error);
    else this.#end(error);
  }

  #end(error: OrderbookClientError): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.closed(error);
  }
}

function failure(code: 'CONNECT_FAILED' | 'DISCONNECTED', what: string, cause: unknown): OrderbookClientError {
  // The cause may quote headers, so that it is not put into the message.
  return cause === undefined
    ? new OrderbookClientError(code, `${what}.`)
    : new OrderbookClientError(code, `${what}: see cause.`, { cause });
}

/** What other libraries hand over for a message. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

const isSocket = (value: unknown): value is Socket =>
  typeof value === 'object' &&
  value !== null &&
  METHODS.every((method) => typeof (value as Partial<Socket>)[method] === 'function');
