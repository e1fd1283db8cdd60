// Which outcome a trade, fill or order is for: a `msg` comes in, `yes` or `no` comes out. The exchange has named it in
// several ways. The oldest takes two fields, an outcome and a verb: selling NO is for `yes`, selling YES is for `no`.
import type { OpenEnum } from '../../channel-events.ts';
import type { Side } from '../price/book-level.ts';
import { ABSENT, firstOf, oneOf, UNREADABLE, type Field } from './fields.ts';

type Outcome = Field<OpenEnum<Side>>;

/** `taker_outcome_side` and `taker_book_side`; trades before May 2026 have `taker_side`, an outcome too. */
export const takerOutcome = (): Outcome => stated('taker_outcome_side', 'taker_book_side', oneOf<Side>('taker_side'));

/** `outcome_side` and `book_side`; fills before May 2026 have `side` and `action`, and `purchased_side`, an outcome. */
export const fillOutcome = (): Outcome =>
  stated('outcome_side', 'book_side', firstOf(ofSideAndAction, oneOf<Side>('purchased_side')));

/**
 * `outcome_side` and `book_side`; orders before May 2026 have `side`, and on this channel no `action` that could turn
 * it around: that it is the outcome is inferred.
 */
export const orderOutcome = (): Outcome =>
  stated('outcome_side', 'book_side', firstOf(ofSideAndAction, oneOf<Side>('side')));

/**
 * Today's two names, of which one is enough. If they contradict each other the field is unreadable. Older names count if
 * both are absent.
 */
function stated(outcomeKey: string, bookKey: string, before: Outcome): Outcome {
  const outcome = oneOf<Side>(outcomeKey);
  const book = ofBookSide(bookKey);
  return {
    wireName: outcomeKey,
    find: (msg) => {
      const named = outcome.find(msg);
      const booked = book.find(msg);
      if (booked === UNREADABLE || (isSide(named) && isSide(booked) && named !== booked)) return UNREADABLE;
      if (named !== ABSENT) return named;
      return booked === ABSENT ? before.find(msg) : booked;
    },
  };
}

/** A bid is for YES, an ask for NO: the exchange's book is one of YES prices. */
function ofBookSide(key: string): Outcome {
  const book = oneOf<'bid' | 'ask'>(key);
  return {
    wireName: key,
    find: (msg) => {
      const found = book.find(msg);
      if (found === 'bid') return 'yes';
      return found === 'ask' ? 'no' : found;
    },
  };
}

const side = oneOf<Side>('side');
const action = oneOf<'buy' | 'sell'>('action');

/** Bought YES and sold NO are `yes`; bought NO and sold YES are `no`. With one field missing it is absent. */
const ofSideAndAction: Outcome = {
  wireName: 'side',
  find: (msg) => {
    const outcome = side.find(msg);
    const verb = action.find(msg);
    if (outcome === ABSENT || verb === ABSENT) return ABSENT;
    if (!isSide(outcome) || (verb !== 'buy' && verb !== 'sell')) return UNREADABLE;
    return (verb === 'buy') === (outcome === 'yes') ? 'yes' : 'no';
  },
};

const isSide = (value: unknown): value is Side => value === 'yes' || value === 'no';
