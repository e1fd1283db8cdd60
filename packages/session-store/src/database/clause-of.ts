/** A sentence of somebody else's as a part of ours: without what ends it. */
export const clauseOf = (sentence: string): string => sentence.replace(/[\s.!?…]+$/u, '');
