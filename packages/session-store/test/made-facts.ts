// Facts as anybody would write them down: what is not said is null.
import { fieldsOf, type FactKind } from '../src/batch/fact-fields.ts';
import type { FactRecord } from '../src/index.ts';
import { atMs } from './contract.ts';

type Of<Kind extends FactKind> = Extract<FactRecord, { kind: Kind }>;

const made = <Kind extends FactKind>(kind: Kind, over: Partial<Of<Kind>>): Of<Kind> =>
  ({
    kind,
    epoch: 1,
    sid: null,
    seq: null,
    market: null,
    exchangeAtMs: null,
    receivedAtMs: atMs,
    ...Object.fromEntries(fieldsOf(kind).map(([name]) => [name, null])),
    ...over,
  }) as unknown as Of<Kind>;

export const market = (name: string, over: Partial<Of<'market'>> = {}) => made('market', { market: name, ...over });

export const lifecycle = (seq: number | null, over: Partial<Of<'lifecycle'>>) =>
  made('lifecycle', { sid: 3, seq, about: 'market', ...over });

export const ticker = (name: string, over: Partial<Of<'ticker'>>) => made('ticker', { market: name, sid: 4, ...over });

export const exchange = (over: Partial<Of<'exchange'>>) => made('exchange', over);
