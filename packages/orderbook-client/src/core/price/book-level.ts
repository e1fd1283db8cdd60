export type Side = 'yes' | 'no';

/** `[price, size]`: price in 1/10,000 dollar, size in 1/100 contract. */
export type Level = readonly [price: number, size: number];
