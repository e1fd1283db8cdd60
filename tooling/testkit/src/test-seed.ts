/**
 * The seed that generated tests and campaigns start from: `TRADER_TEST_SEED`, or 1. The same seed generates the same cases,
 * and a failure names it.
 */
export const testSeed = (): number => wholeNumber('TRADER_TEST_SEED', 1);

/** How many rounds a campaign runs: `TRADER_CAMPAIGN_ROUNDS`, set by `pnpm campaigns`, or `shortRounds`. */
export const campaignRounds = (shortRounds: number): number => wholeNumber('TRADER_CAMPAIGN_ROUNDS', shortRounds);

function wholeNumber(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name}: "${text}" is no whole number from 1`);
  return value;
}
