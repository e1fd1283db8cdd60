// What each fault of frames does to one of them.
import type { Market } from '../market/market.ts';
import { toCentsEra } from './cents-era.ts';
import { breakUtf8, type Draft, flipBits, textOf } from './draft.ts';
import { durationMs, type Fault, type FrameFault } from './fault.ts';
import type { OutgoingFrame } from './outgoing-frame.ts';
import { changeLevels, missingSide, otherMarket, showOtherBook, unaskedSnapshot } from './wrong-snapshot.ts';

export interface FrameWorld {
  readonly markets: ReadonlyMap<string, Market>;
  readonly random: () => number;
}

const anyFrame = (): boolean => true;
const isNumbered = ({ json, sid }: OutgoingFrame): boolean => sid !== undefined && typeof json['seq'] === 'number';

type Suits = {
  [K in FrameFault['kind']]: (frame: OutgoingFrame, fault: never, markets: FrameWorld['markets']) => boolean;
};

/** Which frames a fault can be done to at all; others are no occasion for it. */
const suits = {
  drop: anyFrame,
  duplicate: anyFrame,
  delay: anyFrame,
  reorder: anyFrame,
  corrupt: anyFrame,
  truncate: anyFrame,
  giant: anyFrame,
  binary: anyFrame,
  'seq-hole': isNumbered,
  'seq-reset': isNumbered,
  'ack-id': ({ isAck, json }) => isAck && typeof json['id'] === 'number',
  'ack-partial': ({ type, msg, sid, isAck }, { what, omit = 1 }: FrameFault & { kind: 'ack-partial' }) => {
    const list = msg['market_tickers'];
    // A forgotten market is a matter of the command, not of its answer.
    if (what === 'list') return type === 'ok' && Array.isArray(list) && list.length >= omit;
    return what === 'snapshots' && isAck && type !== 'unsubscribed' && sid !== undefined;
  },
  'wrong-snapshot': (frame, { how, side, market }: FrameFault & { kind: 'wrong-snapshot' }, markets) =>
    frame.type === 'orderbook_snapshot' &&
    (how !== 'side-missing' || missingSide(frame.msg, side) !== undefined) &&
    (how !== 'other-market' || otherMarket(markets, frame, market) !== undefined),
  'unknown-type': anyFrame,
  'unknown-field': anyFrame,
  'cents-era': ({ type }) => type === 'orderbook_snapshot' || type === 'orderbook_delta',
  'negative-figures': ({ type }) => type === 'ticker',
  error: ({ type, sid }) => type !== 'error' && type !== 'unsubscribed' && sid !== undefined,
  cut: anyFrame,
  close: anyFrame,
} satisfies Suits;

export const isFrameFault = (fault: Fault): fault is FrameFault => Object.hasOwn(suits, fault.kind);

export const suitsFrame = (fault: FrameFault, frame: OutgoingFrame, markets: FrameWorld['markets']): boolean =>
  (suits as Suits)[fault.kind](frame, fault as never, markets);

/** Does the fault to the draft. Numbers of later frames and the end of things are left to the caller. */
export function applyFrameFault(fault: FrameFault, draft: Draft, { markets, random }: FrameWorld): void {
  const { json, msg, sid } = draft.frame;
  const seq = Number(json['seq']);
  switch (fault.kind) {
    case 'drop':
      draft.lost = true;
      if (!fault.hidden || !isNumbered(draft.frame)) return;
      draft.shift--;
      for (const frame of draft.after) frame['seq'] = Number(frame['seq']) - 1;
      return;
    case 'duplicate':
      draft.copies += fault.copies ?? 1;
      return;
    case 'delay':
      draft.lateMs += ms(fault.by) + Math.floor(random() * (ms(fault.jitter ?? 0) + 1));
      draft.inOrder ||= fault.inOrder ?? false;
      return;
    case 'reorder':
      draft.behind = { frames: fault.behind ?? 1, atMostMs: ms(fault.atMost ?? 1000) };
      return;
    case 'corrupt':
      draft.mangle.push(fault.how === 'bit-noise' ? flipBits(fault.bits ?? 1, random) : breakUtf8(random));
      return;
    case 'truncate': {
      const { keep = 0.5 } = fault;
      draft.mangle.push((bytes) => bytes.subarray(0, Math.floor(bytes.length * keep)));
      return;
    }
    case 'giant':
      json['padding'] = 'x'.repeat(fault.bytes ?? 1_048_576);
      break;
    case 'binary':
      draft.binary = true;
      return;
    case 'seq-hole':
      draft.shift += fault.skip ?? 1;
      json['seq'] = seq + (fault.skip ?? 1);
      break;
    case 'seq-reset':
      draft.shift += (fault.to ?? 1) - seq;
      json['seq'] = fault.to ?? 1;
      break;
    case 'ack-id':
      json['id'] = Number(json['id']) + (fault.by ?? 1000);
      break;
    case 'ack-partial':
      if (fault.what === 'list') (msg['market_tickers'] as unknown[]).splice(-(fault.omit ?? 1));
      else draft.omitSnapshots = fault.omit ?? 1;
      break;
    case 'wrong-snapshot':
      wrongSnapshot(fault, draft, { markets, random });
      break;
    case 'unknown-type':
      draft.before.push({
        type: fault.type ?? 'orderbook_heatmap',
        ...(sid !== undefined && { sid }),
        ...(fault.sequenced && isNumbered(draft.frame) && { seq }),
        msg: { market_ticker: draft.frame.tickers[0] ?? '', cells: [[1, 2.5, null]] },
      });
      if (!fault.sequenced || !isNumbered(draft.frame)) return;
      draft.shift++;
      json['seq'] = seq + 1;
      break;
    case 'unknown-field':
      json['shard'] = { index: 3, of: [1, 2.5, null, 'x'] };
      msg['novelty'] = { since: '2027-01-01', flags: [true, false, null] };
      break;
    case 'cents-era':
      toCentsEra(draft.frame.type, msg, fault.era ?? 'integers');
      break;
    case 'negative-figures':
      for (const figure of ['dollar_volume', 'dollar_open_interest']) msg[figure] = -1 - Math.abs(Number(msg[figure]));
      break;
    case 'error':
      draft.ending = { do: 'fail', sid: sid ?? 0, code: fault.code };
      return;
    case 'cut':
      draft.ending = { do: 'cut', ...(fault.midFrame && { half: textOf(draft) }) };
      return;
    case 'close':
      draft.ending = { do: 'close', code: fault.code ?? 1011, reason: fault.reason ?? '' };
      return;
  }
  draft.changed = true;
}

function wrongSnapshot(
  fault: FrameFault & { kind: 'wrong-snapshot' },
  draft: Draft,
  { markets, random }: FrameWorld,
): void {
  const { frame } = draft;
  if (fault.how === 'levels') changeLevels(frame.msg, random);
  if (fault.how === 'side-missing') delete frame.msg[`${missingSide(frame.msg, fault.side) ?? 'yes'}_dollars_fp`];
  if (fault.how === 'other-market') {
    const other = otherMarket(markets, frame, fault.market);
    if (other) showOtherBook(frame.msg, other);
  }
  if (fault.how === 'unasked-market') {
    draft.after.push(unaskedSnapshot(frame, fault, markets));
    draft.shift++;
  }
}

const ms = (duration: number | string): number => durationMs(duration) ?? 0;
