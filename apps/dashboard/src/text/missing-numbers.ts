/** How many numbers a hole of the ledger has; `null`: where it begins or ends is not known. */
export const missingNumbers = (firstSeq: number | null, lastSeq: number | null): number | null =>
  firstSeq === null || lastSeq === null ? null : lastSeq - firstSeq + 1;
