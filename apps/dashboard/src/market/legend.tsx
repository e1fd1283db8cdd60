// What brightness and marks mean.
import type { JSX } from 'solid-js';
import { Surface, type Drawing } from '../draw/surface.tsx';
import { theme } from '../theme/theme.ts';
import { brightness, colorTable, NO_SIDE } from './brightness.ts';

const MARKS = [1, 10, 100, 1_000];
const MOST = 5_000;

export function Legend(): JSX.Element {
  const draw = ({ context, width, palette }: Drawing): void => {
    const table = colorTable(theme());
    for (let x = 0; x < width; x++) {
      const contracts = Math.exp((x / width) * Math.log(MOST));
      const cell = brightness(contracts * 100);
      context.fillStyle = css(table[cell]!);
      context.fillRect(x, 0, 1, 8);
      context.fillStyle = css(table[cell | NO_SIDE]!);
      context.fillRect(x, 9, 1, 8);
    }
    context.fillStyle = palette.ink2;
    context.font = `10px ${palette.sans}`;
    context.textAlign = 'center';
    for (const contracts of MARKS) {
      const x = (Math.log(contracts) / Math.log(MOST)) * width;
      context.fillText(contracts.toLocaleString('en-US'), Math.max(x, 4), 28);
    }
  };
  return (
    <div class="legend">
      <span class="legend-names" aria-hidden="true">
        YES bids
        <br />
        NO bids
        <br />
        contracts
      </span>
      <Surface class="legend-scale" label="Brightness is size, from 1 to 5,000 contracts, on a log scale" draw={draw} />
      <ul class="legend-marks">
        <li>
          <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
            <circle cx="6" cy="6" r="4.5" fill="currentColor" />
          </svg>{' '}
          taker YES
        </li>
        <li>
          <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
            <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6" />
          </svg>{' '}
          taker NO
        </li>
        <li>
          <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
            <path d="M6 1 11 6 6 11 1 6Z" fill="none" stroke="currentColor" stroke-width="1.4" />
          </svg>{' '}
          snapshot after a hole
        </li>
        <li>
          <svg class="ok" viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
            <path d="M1.5 6.5 5 10 10.5 2.5" fill="none" stroke="currentColor" stroke-width="1.6" />
          </svg>{' '}
          audit, equal
        </li>
      </ul>
    </div>
  );
}

const css = (packed: number): string => `rgb(${packed & 255} ${(packed >> 8) & 255} ${(packed >> 16) & 255})`;
