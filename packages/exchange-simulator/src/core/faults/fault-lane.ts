// The faults of one connection: what becomes of its frames, pings and commands. It says what is to be done and does
// nothing itself; the connection performs it. While no fault concerns the connection it is idle and is not asked.
import { WIRE_ERROR } from '@trader/orderbook-client/wire';
import type { Market } from '../market/market.ts';
import { aimOf, meansFrame, meansPeer, type Peer, waitsForFrame } from './aim.ts';
import type { ArmedFault } from './armed-fault.ts';
import { skewTimes } from './clock-skew.ts';
import { changeCommand } from './command-faults.ts';
import { type Draft, type Ending, newDraft, payloadOf, type Payload } from './draft.ts';
import { durationMs, type FaultKind, type FaultOf } from './fault.ts';
import { applyFrameFault, isFrameFault, suitsFrame } from './frame-faults.ts';
import { HeldFrames, sizeOf } from './held-frames.ts';
import { type JsonObject, openFrame } from './outgoing-frame.ts';

/** What the connection does, in order. */
export type Step = ({ readonly do: 'send' } & Payload) | Ending;

export interface LaneOptions {
  readonly peer: Peer;
  readonly markets: ReadonlyMap<string, Market>;
  /** Those that are active now, in the order in which they were added. */
  readonly active: () => readonly ArmedFault[];
  /** A fault has reached its count, so others may have to look again. */
  readonly onSpent: () => void;
  /** The subscriptions that are open. */
  readonly sids: () => readonly number[];
}

/** Which error is the sid's last. */
const TERMINAL_CODES: readonly unknown[] = [
  WIRE_ERROR.channelError,
  WIRE_ERROR.internalError,
  WIRE_ERROR.bufferOverflow,
];

export class FaultLane {
  readonly #options: LaneOptions;
  readonly #held = new HeldFrames();
  /** What the numbers of a sid are moved by, after holes and resets. */
  readonly #shifts = new Map<number, number>();
  /** Sids whose terminal error is on its way. */
  readonly #failing = new Set<number>();
  /** How many of a sid's next snapshots are lost. */
  readonly #omitted = new Map<number, number>();
  /** Faults that end something and had their first chance when they were switched on. */
  readonly #offered = new WeakSet<ArmedFault>();
  #mine: readonly ArmedFault[] = [];
  /** What leaves in order leaves no earlier. */
  #gateMs = -Infinity;
  #wasHalfOpen = false;
  #over = false;
  #idle = true;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#findOwnFaults();
  }

  /** Whether frames, pings and commands may pass without asking. */
  get idle(): boolean {
    return this.#idle;
  }

  /** Whether what the client sends is read. */
  get reads(): boolean {
    return !this.#has('stop-reading') && !this.#has('half-open');
  }

  /** Bytes that are held back. */
  get heldBytes(): number {
    return this.#held.bytes;
  }

  /** When held frames are due: then `stepsAfterChange` is to be called. */
  get nextTickMs(): number | undefined {
    return this.#held.nextDueMs;
  }

  /** A frame is about to be sent. */
  stepsForFrame(text: string, nowMs: number): Step[] {
    if (this.#over) return [];
    const steps = this.#stepsDue(nowMs);
    const frame = openFrame(text);
    const draft = newDraft(frame);
    this.#renumber(draft);
    if (!this.#isWithheld(draft)) this.#applyFaults(draft);
    this.#moveNumbers(frame.sid, draft.shift);
    this.#sendDraft(draft, nowMs, steps);
    this.#dropSpentFaults();
    return steps;
  }

  /** Faults have changed, or held frames are due. */
  stepsAfterChange(nowMs: number): Step[] {
    if (this.#over) return [];
    this.#findOwnFaults();
    const steps: Step[] = [];
    if (this.#has('half-open')) {
      if (!this.#wasHalfOpen) this.#hits('half-open');
      this.#wasHalfOpen = true;
    } else if (this.#wasHalfOpen) {
      return this.#endConnection([{ do: 'cut' }]);
    }
    if (!this.#has('stall')) this.#held.makeDue('stall', nowMs);
    if (!this.#has('slow-link') && this.#held.makeDue('link', nowMs)) this.#gateMs = this.#held.lastDueMs;
    steps.push(...this.#stepsDue(nowMs), ...this.#endAtOnce());
    this.#dropSpentFaults();
    return steps;
  }

  /** Whether the exchange's ping is sent. */
  sendsPing(): boolean {
    return !this.#has('half-open') && !this.#hits('no-pings');
  }

  /** Whether the client's ping is answered. */
  sendsPong(): boolean {
    return !this.#has('half-open') && !this.#hits('no-pongs');
  }

  /** A command as the exchange understands it. */
  commandAsUnderstood(text: string): string {
    let changed = text;
    for (const armed of this.#mine) {
      const other = changeCommand(armed.fault, changed, this.#options.sids());
      if (other !== undefined && armed.hitsNow(this)) changed = other;
    }
    this.#dropSpentFaults();
    return changed;
  }

  #has(kind: FaultKind): boolean {
    return this.#mine.some(({ fault, state }) => fault.kind === kind && state === 'active');
  }

  #first<K extends FaultKind>(kind: K): (ArmedFault & { readonly fault: FaultOf<K> }) | undefined {
    return this.#mine.find(({ fault, state }) => fault.kind === kind && state === 'active') as
      | (ArmedFault & { readonly fault: FaultOf<K> })
      | undefined;
  }

  /** Whether a fault of the kind hits now. */
  #hits(kind: FaultKind): boolean {
    const hit = this.#mine.some((armed) => armed.fault.kind === kind && armed.hitsNow(this));
    this.#dropSpentFaults();
    return hit;
  }

  #findOwnFaults(): void {
    this.#mine = this.#options.active().filter(({ fault }) => meansPeer(aimOf(fault), this.#options.peer));
    this.#dropSpentFaults();
  }

  #dropSpentFaults(): void {
    if (this.#mine.some(({ state }) => state !== 'active')) {
      this.#mine = this.#mine.filter(({ state }) => state === 'active');
      this.#options.onSpent();
    }
    this.#idle =
      !this.#over &&
      this.#mine.length === 0 &&
      this.#held.isEmpty &&
      this.#failing.size === 0 &&
      this.#omitted.size === 0 &&
      this.#shifts.size === 0;
  }

  #renumber(draft: Draft): void {
    const { sid, json } = draft.frame;
    const shift = sid === undefined ? undefined : this.#shifts.get(sid);
    if (shift === undefined || typeof json['seq'] !== 'number') return;
    json['seq'] += shift;
    draft.changed = true;
  }

  /** Whether the frame is lost to a fault that hit an earlier one. The numbers close up: it never was. */
  #isWithheld(draft: Draft): boolean {
    const { frame } = draft;
    if (frame.sid === undefined) return false;
    if (this.#failing.has(frame.sid)) {
      if (TERMINAL_CODES.includes(frame.msg['code'])) this.#failing.delete(frame.sid);
      else draft.lost = true;
    } else if (this.#omitted.has(frame.sid)) {
      const left = this.#omitted.get(frame.sid) ?? 0;
      if (left > 1) this.#omitted.set(frame.sid, left - 1);
      else this.#omitted.delete(frame.sid);
      // Only those that come directly after the acknowledgement are its snapshots.
      if (frame.type === 'orderbook_snapshot') draft.lost = true;
      else this.#omitted.delete(frame.sid);
    }
    if (draft.lost && typeof frame.json['seq'] === 'number') draft.shift--;
    return draft.lost;
  }

  #applyFaults(draft: Draft): void {
    const { frame } = draft;
    const { markets } = this.#options;
    for (const armed of this.#mine) {
      const { fault } = armed;
      if (fault.kind === 'clock-skew') {
        if (skewTimes(frame.msg, durationMs(fault.by) ?? 0)) draft.changed = armed.hitsNow(this) || draft.changed;
      } else if (isFrameFault(fault)) {
        if (!meansFrame(aimOf(fault), frame) || !suitsFrame(fault, frame, markets) || !armed.hitsNow(this)) continue;
        applyFrameFault(fault, draft, { markets, random: armed.random });
        if (draft.lost || draft.ending) break;
      }
    }
    if (draft.omitSnapshots > 0 && frame.sid !== undefined) this.#omitted.set(frame.sid, draft.omitSnapshots);
  }

  #moveNumbers(sid: number | undefined, by: number): void {
    if (sid === undefined || by === 0) return;
    const shift = (this.#shifts.get(sid) ?? 0) + by;
    if (shift === 0) this.#shifts.delete(sid);
    else this.#shifts.set(sid, shift);
  }

  #sendDraft(draft: Draft, nowMs: number, steps: Step[]): void {
    const { ending } = draft;
    if (ending && ending.do !== 'fail') return void steps.push(...this.#endConnection([ending]));
    for (const frame of draft.before) this.#sendOrHold(wholeFrame(frame), nowMs, steps);
    if (!draft.lost) {
      const payload = payloadOf(draft);
      for (let copy = 0; copy < draft.copies; copy++) this.#sendOrHold(payload, nowMs, steps, draft);
    }
    for (const frame of draft.after) this.#sendOrHold(wholeFrame(frame), nowMs, steps);
    if (ending) this.#endSid(ending, steps);
  }

  /** Sends a frame on its way: now, later, or not at all. */
  #sendOrHold(payload: Payload, nowMs: number, steps: Step[], draft?: Draft): void {
    if (this.#has('half-open')) return void this.#first('half-open')?.hitsNow(this);
    const stall = this.#first('stall');
    if (stall) {
      stall.hitsNow(this);
      if (stall.fault.afterwards === 'deliver') this.#held.hold(payload, Infinity, 'stall');
      return;
    }
    if (draft?.behind) return this.#held.holdBehind(payload, draft.behind.frames, nowMs + draft.behind.atMostMs);
    const { lateMs, inOrder } = draft ?? { lateMs: 0, inOrder: false };
    if (lateMs > 0 && !inOrder) return this.#held.hold(payload, nowMs + lateMs, 'delay');
    const link = this.#first('slow-link');
    let dueMs = Math.max(nowMs + lateMs, this.#gateMs);
    if (link?.hitsNow(this)) dueMs += (sizeOf(payload) * 1000) / link.fault.bytesPerSecond;
    if (dueMs > nowMs) {
      this.#gateMs = dueMs;
      this.#held.hold(payload, dueMs, link ? 'link' : 'delay');
    } else {
      steps.push({ do: 'send', ...payload });
      for (const passed of this.#held.releaseOvertaken()) steps.push({ do: 'send', ...passed });
    }
  }

  #stepsDue(nowMs: number): Step[] {
    const due = this.#held.releaseDue(nowMs);
    if (!this.#has('half-open') && !this.#has('stall')) return due.map((payload) => ({ do: 'send', ...payload }));
    // What was late anyway is withheld with the rest.
    for (const payload of due) this.#sendOrHold(payload, nowMs, []);
    return [];
  }

  /** Faults that end something and wait for no frame do so when they are switched on. */
  #endAtOnce(): Step[] {
    const steps: Step[] = [];
    for (const armed of this.#mine) {
      const { fault } = armed;
      const { sid, ...rest } = aimOf(fault);
      if (armed.waitsForOccasions || this.#offered.has(armed) || waitsForFrame(rest)) continue;
      if (fault.kind === 'error') {
        const wanted = this.#options.sids().filter((open) => [sid ?? open].flat().includes(open));
        for (const open of wanted) {
          if (!armed.hitsNow(this)) continue;
          this.#endSid({ do: 'fail', sid: open, code: fault.code }, steps);
        }
      } else if (sid === undefined && (fault.kind === 'cut' || fault.kind === 'close')) {
        if (armed.hitsNow(this)) return [...steps, ...this.#endConnection([endingOf(fault)])];
      } else {
        continue;
      }
      this.#offered.add(armed);
    }
    return steps;
  }

  #endSid(ending: Ending & { do: 'fail' }, steps: Step[]): void {
    if (this.#failing.has(ending.sid)) return;
    this.#failing.add(ending.sid);
    steps.push(ending);
  }

  #endConnection(steps: Step[]): Step[] {
    this.#over = true;
    this.#held.clear();
    this.#dropSpentFaults();
    return steps;
  }
}

const wholeFrame = (frame: JsonObject): Payload => ({ data: JSON.stringify(frame), binary: false });

function endingOf(fault: FaultOf<'cut' | 'close'>): Ending {
  return fault.kind === 'cut' ? { do: 'cut' } : { do: 'close', code: fault.code ?? 1011, reason: fault.reason ?? '' };
}
