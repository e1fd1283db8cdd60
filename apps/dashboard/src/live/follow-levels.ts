// Follows the levels of one book over the socket, for as long as somebody shows them.
import { createEffect, on, onCleanup, type Accessor } from 'solid-js';
import { applyLevels, NO_LEVELS, type Levels } from './levels.ts';
import { live } from './live.ts';

/**
 * Follows the levels of a market while the caller is there.
 *
 * @param onLevels each time they changed; `null`: the market is not wanted any more
 */
export function followLevels(ticker: Accessor<string | null>, onLevels: (levels: Levels | null) => void): void {
  let levels = NO_LEVELS;
  createEffect(
    on([ticker, live.epoch], ([market]) => {
      levels = NO_LEVELS;
      if (market === null) return;
      live.send({ subscribe: { levels: [market] } });
      const stop = live.onMessage((message) => {
        if (message.type === 'levels' && message.market === market) onLevels((levels = applyLevels(levels, message)));
        if (message.type === 'levels-gone' && message.market === market) onLevels(null);
      });
      onCleanup(() => {
        stop();
        live.send({ unsubscribe: { levels: [market] } });
      });
    }),
  );
}
