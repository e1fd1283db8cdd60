// Faults of the built-in simulator by name, so that one watches the trader break and heal. They end by themselves.
import type { ExchangeFaults, Fault } from '@trader/exchange-simulator';
import { Refused } from '../endpoint.ts';

const forAWhile = { until: '20s' } as const;
const deltas = { aim: { frame: 'orderbook_delta' } } as const;

/** Each name with what it does to the feed. */
export const SIMULATED_FAULTS = {
  'lost-frame': { what: 'one change of a book is lost: a gap', fault: { kind: 'drop', count: 1, ...deltas } },
  'hidden-loss': {
    what: 'ten changes are lost and their numbers close up: only an audit finds it',
    fault: { kind: 'drop', hidden: true, count: 10, ...deltas },
  },
  duplicate: { what: 'ten frames come twice', fault: { kind: 'duplicate', count: 10, ...deltas } },
  unreadable: { what: 'one frame is cut short and cannot be read', fault: { kind: 'truncate', count: 1, ...deltas } },
  cut: { what: 'the connection is cut once', fault: { kind: 'cut', count: 1 } },
  stall: { what: 'nothing comes for 20 s, and is lost', fault: { kind: 'stall', ...forAWhile } },
  delay: {
    what: 'everything comes 2 s late, for 20 s',
    fault: { kind: 'delay', by: '2s', inOrder: true, ...forAWhile },
  },
  maintenance: { what: 'the exchange is in maintenance for 20 s', fault: { kind: 'maintenance', ...forAWhile } },
} as const satisfies Record<string, { readonly what: string; readonly fault: Fault }>;

type FaultName = keyof typeof SIMULATED_FAULTS;

export const FAULT_NAMES = Object.keys(SIMULATED_FAULTS) as [FaultName, ...FaultName[]];

/** That are not over; more are refused. */
const MAX_FAULTS = 20;

export class SimulatedFaults {
  readonly #faults: ExchangeFaults | null;

  /** @param faults `null`: what is recorded is no simulator of ours */
  constructor(faults: ExchangeFaults | null) {
    this.#faults = faults;
  }

  /** @throws {Refused} FAULTS_UNAVAILABLE, as the others */
  list() {
    return this.#present()
      .list()
      .map(({ id, state, hits, fault: { kind } }) => ({ id, kind, state, hits }));
  }

  /** @throws {Refused} TOO_MANY_FAULTS */
  inject(name: FaultName): string {
    const faults = this.#present();
    for (const { id, state } of faults.list()) if (state !== 'waiting' && state !== 'active') faults.remove(id);
    if (faults.list().length >= MAX_FAULTS) {
      const message = `${MAX_FAULTS} faults are on, and no more are taken. Wait for them, or end them with a DELETE.`;
      throw new Refused({ code: 'TOO_MANY_FAULTS', message });
    }
    return faults.add(SIMULATED_FAULTS[name].fault);
  }

  clear(): number {
    return this.#present().clear();
  }

  #present(): ExchangeFaults {
    if (this.#faults) return this.#faults;
    const message = 'Faults are there with the built-in simulator alone, and this trader records something else.';
    throw new Refused({ code: 'FAULTS_UNAVAILABLE', message });
  }
}
