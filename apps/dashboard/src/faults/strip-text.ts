// What the strip says in words: beside its lines, in its lanes, and in a list for whoever does not see it.
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { shortId } from '../text/session-id.ts';
import type { Strip, StripMark, StripSpan } from './strip.ts';

export type MarkText = { readonly title: string; readonly note: string };

/** Beside a line. @param isAlone the line of `noticed` has no words of its own, for want of room */
export function markText(strip: Strip, { kind, atMs }: StripMark, isAlone = false): MarkText {
  const after = `+${duration(atMs - strip.zeroMs)}`;
  const { fault } = strip;
  switch (kind) {
    case 'break':
      // One that was there before is not its own.
      return {
        title: 'break',
        note: (strip.silence?.fromMs ?? -Infinity) > atMs - strip.stepMs ? '0 s, silence' : '0 s',
      };
    case 'noticed':
      return { title: 'noticed', note: `${after}, ${fault?.noticedBy ?? 'reported'}` };
    case 'healed': {
      const noticed =
        isAlone && fault && fault.noticedAtMs !== null
          ? `, noticed at +${duration(fault.noticedAtMs - strip.zeroMs)}: ${fault.noticedBy}`
          : '';
      const { books } = strip.seconds.findLast((second) => second.atMs <= atMs) ?? { books: 0 };
      return { title: 'healed', note: `${after}, ${books === 0 ? 'all' : count(books)} books right${noticed}` };
    }
  }
}

/** In the lane of the fault; `null`: it did nothing yet. */
export function faultText({ fault, on }: Strip): string | null {
  if (!fault || !on) return null;
  const of = fault.connection === null ? '' : `connection ${fault.connection}: `;
  const times = fault.hits === null ? '' : fault.hits === 1 ? 'once' : `${count(fault.hits)} times`;
  if (fault.state === 'spent') return `${of}done ${times}`;
  if (fault.state === 'active') return `${of}still on${fault.healedAtMs === null ? '' : ', and healed all the same'}`;
  return times === '' || fault.hits === 0 ? `${of}over` : `${of}over, done ${times}`;
}

/** One hole of the ledger, or what was counted as one. */
export const holeText = ({ name, lastedMs, count: rows }: StripSpan): string =>
  `${rows === 1 ? 'one row' : `${count(rows)} rows`}: ${name}, ${lastedMs === null ? 'open' : duration(lastedMs)}`;

export const sessionText = ({ name, session }: StripSpan): string =>
  `${session ? shortId(session) : 'session'}  ${name === 'active' ? 'recording' : name}`;

/** `b20c77d1 goes on`: what became of the session in which it broke. `null`: there was none. */
export function sessionStory({ fault, sessions }: Strip): string | null {
  if (!fault) return null;
  const broken = sessions.find(({ fromMs, toMs }) => fromMs <= fault.beginsAtMs && toMs >= fault.beginsAtMs);
  if (!broken?.session) return null;
  if (broken.lastedMs === null) return `session ${shortId(broken.session)} goes on`;
  const next = sessions.find(({ fromMs, session }) => fromMs >= broken.toMs && session !== broken.session);
  const after = next?.session ? `, and ${shortId(next.session)} continues it` : '';
  return `session ${shortId(broken.session)} ended as ${broken.name}${after}`;
}

/** At one moment, for whoever points there; `null`: nobody counted then. */
export function secondText(strip: Strip, atMs: number): string | null {
  const second = strip.seconds.find((each) => atMs >= each.atMs && atMs < each.atMs + strip.stepMs);
  if (!second) return null;
  const right = `${count(second.booksRight)} of ${count(second.books)} books right`;
  return `${secondsText(atMs - strip.zeroMs)}: ${count(second.framesPerSecond)} frames/s, ${right}`;
}

/** `−5 s`, `0 s`, `+10 s`. */
export function secondsText(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return seconds === 0 ? '0 s' : `${seconds < 0 ? '−' : '+'}${count(Math.abs(seconds))} s`;
}

/** The picture in sentences. */
export function described(strip: Strip): readonly string[] {
  const marks = strip.marks.map((mark) => markText(strip, mark)).map(({ title, note }) => `${title}: ${note}`);
  const fault = faultText(strip);
  const states = strip.states.map(({ name, fromMs }) => `${name} from ${secondsText(fromMs - strip.zeroMs)}`);
  const { silence } = strip;
  const last = strip.seconds.at(-1);
  return [
    ...marks,
    ...(fault ? [`fault: ${fault}`] : []),
    ...(silence ? [`no frame came for ${duration(silence.toMs - silence.fromMs)}`] : []),
    ...(last ? [`last second: ${secondText(strip, last.atMs)}`] : []),
    ...(states.length > 0 ? [`state: ${states.join(', ')}`] : []),
    ...strip.sessions.map((session) => `session: ${sessionText(session)}`),
    ...(strip.holes.length > 0 ? strip.holes.map((hole) => `ledger: ${holeText(hole)}`) : ['ledger: no hole']),
  ];
}
