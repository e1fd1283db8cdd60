// The coordinator's state in one word, and how well that is.
import type { Level } from './mark.tsx';

const STATES: Readonly<Record<string, readonly [word: string, level: Level]>> = {
  startup: ['Starting', 'warn'],
  initializing: ['Starting', 'warn'],
  orderbook_connect: ['Connecting', 'warn'],
  ready: ['Ready', 'ok'],
  error: ['Error', 'bad'],
  standby: ['Standby', 'ok'],
  shutdown: ['Draining', 'busy'],
};

export const stateWord = (state: string): string => STATES[state]?.[0] ?? state;

export const stateLevel = (state: string): Level => STATES[state]?.[1] ?? 'warn';
