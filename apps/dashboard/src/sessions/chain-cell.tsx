// What a session continues, as the list shows it at the left of a row.
import { For, Show, type JSX } from 'solid-js';
import { shortId } from '../text/session-id.ts';
import type { ChainRow, Link } from './chain-lines.ts';

const [FIRST_X, LANE_PX, DOT_PX] = [12.5, 12, 5];

/**
 * @param props.lanes of the whole list
 * @param props.continues for whoever does not see the line
 */
export function ChainCell(props: {
  readonly chain: ChainRow;
  readonly lanes: number;
  readonly isActive: boolean;
  readonly continues: string | null;
}): JSX.Element {
  const x = (lane: number): number => FIRST_X + lane * LANE_PX;
  const isThrough = (lane: number): boolean => lane !== props.chain.lane;
  return (
    <td class="sessions-chain">
      <svg width={FIRST_X + props.lanes * LANE_PX} aria-hidden="true">
        <For each={props.chain.above.slice(0, props.lanes)}>
          {(link, lane) => <Line link={link} x={x(lane())} from="0%" to={isThrough(lane()) ? '51%' : '50%'} />}
        </For>
        <For each={props.chain.below.slice(0, props.lanes)}>
          {(link, lane) => <Line link={link} x={x(lane())} from="50%" to="100%" />}
        </For>
        <circle classList={{ active: props.isActive }} cx={x(props.chain.lane)} cy="50%" r={DOT_PX} />
      </svg>
      <Show when={props.continues}>{(id) => <span class="unseen">continues {shortId(id())}</span>}</Show>
    </td>
  );
}

function Line(props: {
  readonly link: Link;
  readonly x: number;
  readonly from: string;
  readonly to: string;
}): JSX.Element {
  return (
    <Show when={props.link !== 'none'}>
      <line classList={{ dotted: props.link === 'dotted' }} x1={props.x} x2={props.x} y1={props.from} y2={props.to} />
    </Show>
  );
}
