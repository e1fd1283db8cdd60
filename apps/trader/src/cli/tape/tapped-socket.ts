// The client's own WebSocket, which shows each frame, as it came, to somebody else too.
import { openWebSocket, type OpenSocket } from '@trader/orderbook-client';

/** @param tap gets every frame of every socket, right after the client has taken it */
export const tappedSocket =
  (tap: (bytes: Uint8Array) => void): OpenSocket =>
  (url, headers, listener) =>
    openWebSocket(url, headers, {
      serverTime: (atMs) => listener.serverTime(atMs),
      opened: () => listener.opened(),
      frame: (bytes) => {
        listener.frame(bytes);
        tap(bytes);
      },
      ping: () => listener.ping(),
      pong: () => listener.pong(),
      closed: (error) => listener.closed(error),
    });
