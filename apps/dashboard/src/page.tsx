// The sheet: bar, what is wrong with the contact, the view, footer.
import { createEffect, Match, Show, Switch, type JSX } from 'solid-js';
import { FaultsView } from './faults/faults-view.tsx';
import { live } from './live/live.ts';
import { MarketView } from './market/market-view.tsx';
import { MarketsView } from './markets/markets-view.tsx';
import { OverviewView } from './overview/overview-view.tsx';
import { SessionsView } from './sessions/sessions-view.tsx';
import { Footer } from './shell/footer.tsx';
import { NoContact } from './shell/no-contact.tsx';
import { route } from './shell/route.ts';
import { stateWord } from './shell/state-word.ts';
import { TokenForm } from './shell/token-form.tsx';
import { TopBar } from './shell/top-bar.tsx';
import './page.css';

export function Page(): JSX.Element {
  let view!: HTMLElement;
  const isLost = (): boolean => live.contact().kind === 'lost';
  const tokenNeeded = () => {
    const contact = live.contact();
    return contact.kind === 'token-needed' ? contact : null;
  };
  const spoken = (): string =>
    isLost() ? 'No contact with the trader' : (live.status() && stateWord(live.status()!.state)) || 'Connecting';
  createEffect(() => {
    document.title = `${spoken()} – trader`;
  });
  return (
    <Show when={!tokenNeeded()} fallback={<TokenForm wasRefused={tokenNeeded()!.wasRefused} />}>
      <button type="button" class="unseen skip" onClick={() => view.focus()}>
        To the view
      </button>
      <TopBar />
      <NoContact />
      <p class="unseen" role="status">
        {spoken()}
      </p>
      <main ref={view} class="view" tabindex={-1}>
        <Switch>
          <Match when={route().view === 'overview'}>
            <OverviewView />
          </Match>
          <Match when={route().view === 'market'}>
            <MarketView ticker={route().of} atMs={route().atMs} />
          </Match>
          <Match when={route().view === 'markets'}>
            <MarketsView />
          </Match>
          <Match when={route().view === 'sessions'}>
            <SessionsView session={route().of} />
          </Match>
          <Match when={route().view === 'faults'}>
            <FaultsView />
          </Match>
        </Switch>
      </main>
      <Footer />
    </Show>
  );
}
