// Below the picture: this market's holes, its last trades, and what is known of it.
import { createMemo, Index, Show, type JSX } from 'solid-js';
import type { Answer, Market } from '../live/answers.ts';
import type { AskError } from '../live/ask.ts';
import type { Levels } from '../live/levels.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { missingNumbers } from '../text/missing-numbers.ts';
import { count, percent } from '../text/number.ts';
import { cents, contracts } from '../text/price.ts';
import { clock, clockFine, day, dayAndMinutes } from '../text/time.ts';
import { coveredOf } from './market-sums.ts';
import type { Trade } from './picture.ts';

const DAY_MS = 86_400_000;
const SHOWN = 3;

export type MarketFactsProps = {
  readonly market: string;
  readonly known: Market | null;
  readonly trades: readonly Trade[];
  readonly levels: Levels;
  /** Why the recording is not in the picture. */
  readonly error: AskError | null;
};

export function MarketFacts(props: MarketFactsProps): JSX.Element {
  const ticker = (): string => encodeURIComponent(props.market);
  const gaps = createPolled<Answer<'/gaps'>>(() => `/gaps?market=${ticker()}&limit=${SHOWN}`, 5_000);
  const sinceMs = Math.floor(live.nowMs() - DAY_MS);
  const coverage = createPolled<Answer<'/coverage'>>(() => `/coverage?market=${ticker()}&from=${sinceMs}`, 15_000);
  const covered = createMemo(() => coverage.answer() && coveredOf(coverage.answer()!.intervals));
  const lastAudit = (): string => {
    const audit = props.known?.audits.at(-1);
    if (!audit) return 'none yet';
    const found = audit.differences === 0 ? 'equal' : `${count(audit.differences)} levels were not equal`;
    return `${found}, ${duration(Math.max(live.nowMs() - audit.atMs, 0))} ago`;
  };
  const last = () => props.trades.slice(-SHOWN).toReversed();
  return (
    <div class="market-facts">
      <section tabindex={0} aria-label="Holes of this market">
        <table>
          <caption class="unseen">Holes of this market</caption>
          <thead>
            <tr>
              <th scope="col">Holes of this market</th>
              <th scope="col" class="number">
                Lasted
              </th>
              <th scope="col">Cause</th>
              <th scope="col">Numbers</th>
              <th scope="col">Missed</th>
            </tr>
          </thead>
          <tbody>
            <Index
              each={gaps.answer()?.gaps}
              fallback={
                <Nothing
                  columns={5}
                  text={gaps.error()?.message ?? (gaps.answer() ? 'None: all of it is recorded.' : '')}
                />
              }
            >
              {(gap) => (
                <tr>
                  <td class="mono">
                    {day(gap().fromMs, zone())} {clockFine(gap().fromMs, zone(), 1)}
                  </td>
                  <td class="number">{gap().toMs === null ? 'still open' : duration(gap().toMs! - gap().fromMs)}</td>
                  <td>{gap().cause}</td>
                  <td>{numbersOf(gap())}</td>
                  <td>{missedText(gap())}</td>
                </tr>
              )}
            </Index>
          </tbody>
        </table>
      </section>
      <section tabindex={0} aria-label="Last trades in the time that is shown">
        <table>
          <caption class="unseen">Last trades in the time that is shown</caption>
          <thead>
            <tr>
              <th scope="col">Last trades</th>
              <th scope="col">Taker</th>
              <th scope="col" class="number">
                YES
              </th>
              <th scope="col" class="number">
                Contracts
              </th>
            </tr>
          </thead>
          <tbody>
            <Index each={last()} fallback={<Nothing columns={4} text="None in the time that is shown." />}>
              {(trade) => (
                <tr>
                  <td>{clock(trade().atMs, zone())}</td>
                  <td class={trade().takerSide ?? ''}>{trade().takerSide?.toUpperCase() ?? '–'}</td>
                  <td class="number">{cents(trade().price)}¢</td>
                  <td class="number">
                    {contracts(trade().size)}
                    {trade().count > 1 ? ` in ${trade().count}` : ''}
                  </td>
                </tr>
              )}
            </Index>
          </tbody>
        </table>
      </section>
      <section class="market-about" tabindex={0} aria-label="This market">
        <h2 class="soft">This market</h2>
        <dl>
          <dt>Covered</dt>
          <dd>
            <Show when={covered()} fallback={coverage.error()?.message ?? '–'}>
              {(sums) => `${percent(sums().coveredMs, sums().ofMs)} % of ${duration(sums().ofMs)}`}
            </Show>
          </dd>
          <dt>Last audit</dt>
          <dd>{lastAudit()}</dd>
          <dt>Status</dt>
          <dd>
            {props.known?.status ?? 'not described'}
            {props.known?.closeAtMs ? `, closes ${dayAndMinutes(props.known.closeAtMs, zone())}` : ''}
          </dd>
          <dt>Settled</dt>
          <dd>
            {props.known?.settledAtMs
              ? `${props.known.result ?? ''} at ${dayAndMinutes(props.known.settledAtMs, zone())}`
              : 'not yet'}
          </dd>
          <Show when={props.error}>
            {(error) => (
              <>
                <dt class="bad">Recording</dt>
                <dd class="bad">
                  {error().code}: {error().message}
                </dd>
              </>
            )}
          </Show>
        </dl>
      </section>
    </div>
  );
}

function Nothing(props: { readonly columns: number; readonly text: string }): JSX.Element {
  return (
    <tr>
      <td colspan={props.columns} class="quiet">
        {props.text}
      </td>
    </tr>
  );
}

const missedText = ({ firstSeq, lastSeq }: Answer<'/gaps'>['gaps'][number]): string => {
  const missed = missingNumbers(firstSeq, lastSeq);
  return missed === null ? 'unknown' : `${count(missed)} ${missed === 1 ? 'number' : 'numbers'}`;
};

const numbersOf = ({ firstSeq, lastSeq, sid }: Answer<'/gaps'>['gaps'][number]): string => {
  if (firstSeq === null) return '–';
  const text =
    lastSeq === null
      ? `after ${count(firstSeq)}`
      : [...new Set([firstSeq, lastSeq])].map((seq) => count(seq)).join('–');
  return sid === null ? text : `${text} of sid ${sid}`;
};
