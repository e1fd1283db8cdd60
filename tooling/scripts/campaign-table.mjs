// The campaigns: what `pnpm campaigns` runs, and each one's share of the time that all short rounds together may take.

/** How long all short rounds together may take on two cores, in seconds. */
export const CAMPAIGN_SECONDS = 420;

/**
 * @typedef {object} Campaign
 * @property {string} name what `pnpm campaigns NAME` calls it; its file is `campaigns/NAME.campaign.ts` in its package
 * @property {string} folder its package's, relative to the root
 * @property {string} what what it tries to break, in a few words
 * @property {number} shortRounds how many rounds CI runs
 * @property {number} longRounds how many a long round by hand runs
 * @property {number} shareSeconds what the short round may take of CAMPAIGN_SECONDS
 */

/** @type {readonly Campaign[]} */
export const campaigns = [];
