import { describe, expect, it } from 'vitest';
import { FeeSchedule } from './fees.ts';

const contract = 100;

describe('fees', () => {
  it('are 0.07 × contracts × price × (1 − price) for the taker, rounded up to a millionth of a dollar, none for the maker', () => {
    const fees = new FeeSchedule();
    expect(fees.fee('KX', true, 100 * contract, 5000)).toBe(1_750_000);
    expect(fees.fee('KX', true, contract, 5000)).toBe(17_500);
    // 227.27 contracts at $0.0010: 0.0158929911 dollars.
    expect(fees.fee('KX', true, 22_727, 10)).toBe(15_893);
    expect(fees.fee('KX', true, 1, 1)).toBe(1);
    expect(fees.fee('KX', false, 100 * contract, 5000)).toBe(0);
  });

  it('have a multiplier and a maker’s share of their own by series', () => {
    const fees = new FeeSchedule({ KXA: { multiplier: 0.5 }, KXB: { makerMultiplier: 0.25 }, '*': { multiplier: 2 } });
    const each = (series: string) => [true, false].map((isTaker) => fees.fee(series, isTaker, 100 * contract, 5000));
    expect(each('KXA')).toEqual([875_000, 0]);
    expect(each('KXB')).toEqual([1_750_000, 437_500]);
    expect(each('KXC')).toEqual([3_500_000, 0]);
  });

  it('are exact for the largest orders', () => {
    const fees = new FeeSchedule({ KX: { multiplier: 1.5 } });
    // 900 million contracts at $0.4999: 23,624,999.055 dollars, to the millionth.
    expect(fees.fee('KX', true, 90_000_000_000, 4999)).toBe(23_624_999_055_000);
  });

  it('are told in the words of REST', () => {
    const fees = new FeeSchedule({ KXA: { multiplier: 0.5, makerMultiplier: 0.5 } });
    expect(fees.kindOf('KXA')).toEqual({ fee_multiplier: 0.5, fee_type: 'quadratic_with_maker_fees' });
    expect(fees.kindOf('KXB')).toEqual({ fee_multiplier: 1, fee_type: 'quadratic' });
  });
});
