// The bar above every view: where one is, whether the trader does well, and whether what is shown is live.
import { For, Show, type JSX } from 'solid-js';
import { live } from '../live/live.ts';
import { duration } from '../text/duration.ts';
import { clock, zoneName } from '../text/time.ts';
import { theme, toggleTheme } from '../theme/theme.ts';
import { FindMarket } from './find-market.tsx';
import { Mark } from './mark.tsx';
import { hrefOf, VIEWS, type View } from './parse-route.ts';
import { route } from './route.ts';
import { stateLevel, stateWord } from './state-word.ts';
import { toggleZone, zone } from './zone.ts';
import './top-bar.css';

const NAMES: Readonly<Record<View, string>> = {
  overview: 'Overview',
  market: 'Market',
  markets: 'Markets',
  sessions: 'Sessions',
  faults: 'Faults',
};

export function TopBar(): JSX.Element {
  return (
    <header class="top-bar">
      <a class="brand" href={hrefOf('overview')}>
        <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
          <path d="M1 12h4V5h4M7 12h4V4h4M4 13 12 2" fill="none" stroke="currentColor" stroke-width="1.6" />
        </svg>
        trader
      </a>
      <nav aria-label="Views">
        <For each={VIEWS}>
          {(view) => (
            <a href={hrefOf(view)} aria-current={route().view === view ? 'page' : undefined}>
              {NAMES[view]}
            </a>
          )}
        </For>
      </nav>
      <Show when={route().view !== 'overview' && isLive() && live.status()}>
        {(status) => (
          <span class="top-state">
            <Mark level={stateLevel(status().state)} /> <b>{stateWord(status().state).toLowerCase()}</b>{' '}
            <span class="soft">{duration(live.nowMs() - Date.parse(status().since))}</span>
          </span>
        )}
      </Show>
      <span class="top-source">{sourceName(live.status()?.source ?? '')}</span>
      <span class="top-contact" classList={{ lost: !isLive() }}>
        <i aria-hidden="true" />
        {isLive() ? `live, ${(live.ageMs() / 1_000).toFixed(1)} s old` : 'no contact'}
      </span>
      <FindMarket />
      <button type="button" class="plain top-clock" title="UTC or local time" onClick={toggleZone}>
        {clock(live.nowMs(), zone())} <span class="quiet">{zoneName(zone())}</span>
      </button>
      <button
        type="button"
        class="plain"
        onClick={toggleTheme}
        aria-label={theme() === 'dark' ? 'To light colours' : 'To dark colours'}
      >
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M8 1.5a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />
        </svg>
      </button>
    </header>
  );
}

const isLive = (): boolean => live.contact().kind === 'live';

/** What is recorded, with a capital: `Simulator, generated market`. */
const sourceName = (source: string): string => source.charAt(0).toUpperCase() + source.slice(1);
