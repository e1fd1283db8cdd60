// A level of a book, and the side that it is on. Both sides are bids: the exchange sends no asks.

export type Side = 'yes' | 'no';

/** `[price, size]`: price in 1/10,000 dollar, size in 1/100 contract. */
export type Level = readonly [price: number, size: number];
