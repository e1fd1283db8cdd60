// The campaigns: what `pnpm campaigns` runs, and each one's share of the time that all short rounds together may take, two at a time.
// Whoever adds one makes room for it.

/** How long all short rounds together may take on two cores, in seconds. */
export const CAMPAIGN_SECONDS = 420;

/**
 * @typedef {object} Campaign
 * @property {string} name what `pnpm campaigns NAME` calls it; its file is `campaigns/NAME.campaign.ts` in its package
 * @property {string} folder its package's, relative to the root
 * @property {string} what what it tries to break, in a few words
 * @property {number} shortRounds how many rounds CI runs
 * @property {number} longRounds how many a long round by hand runs
 * @property {number} shareSeconds what the short round may take beside another
 */

/** @type {readonly Campaign[]} */
export const campaigns = [
  {
    name: 'properties',
    folder: 'packages/health',
    what: 'the properties of the health tracker, over random configurations and observations (a round is a hundred)',
    shortRounds: 15,
    longRounds: 2000,
    shareSeconds: 16,
  },
  {
    name: 'soak',
    folder: 'apps/trader',
    what: 'a thousand markets, while connections, database, clock and process fail and standbys take over: a minute a round',
    shortRounds: 1,
    longRounds: 30,
    shareSeconds: 75,
  },
  {
    name: 'gold-tapes',
    folder: 'apps/trader',
    what: 'a million recorded frames of 23 markets at once, stored and folded',
    shortRounds: 1,
    longRounds: 4,
    shareSeconds: 99,
  },
  {
    name: 'faulty-tapes',
    folder: 'apps/trader',
    what: 'long tapes through an exchange that misbehaves and a connection that is cut',
    shortRounds: 2,
    longRounds: 100,
    shareSeconds: 24,
  },
  {
    name: 'endings',
    folder: 'apps/trader',
    what: 'one recorder whose process is stopped, killed, put to sleep, or loses its database, again and again',
    shortRounds: 4,
    longRounds: 200,
    shareSeconds: 35,
  },
  {
    name: 'http-fuzz',
    folder: 'apps/trader',
    what: 'the HTTP side and its socket: requests, upgrades and frames, right and wrong, by the thousand',
    shortRounds: 12,
    longRounds: 1_000,
    shareSeconds: 51,
  },
  {
    name: 'clients',
    folder: 'packages/exchange-simulator',
    what: 'published clients of others, unchanged but for URLs and keys, over REST and sockets, plain and TLS',
    shortRounds: 2,
    longRounds: 40,
    shareSeconds: 22,
  },
  {
    name: 'conversations',
    folder: 'packages/orderbook-client',
    what: 'the feed talks to an exchange that misbehaves in every way; no book is called synced and wrong, none is forgotten',
    shortRounds: 4_000,
    longRounds: 50_000,
    shareSeconds: 18,
  },
  {
    name: 'crash',
    folder: 'packages/session-store',
    what: 'a writer that is killed, its database, disk, network and clock that fail, a standby that takes over, power that goes, disks that fill up; every law afterwards',
    shortRounds: 14,
    longRounds: 200,
    shareSeconds: 109,
  },
  {
    name: 'store-properties',
    folder: 'packages/session-store',
    what: 'views, compaction and reading on both engines, whatever was recorded',
    shortRounds: 10,
    longRounds: 1000,
    shareSeconds: 29,
  },
  {
    name: 'compaction-kill',
    folder: 'packages/session-store',
    what: 'a process that is killed in the middle of compaction',
    shortRounds: 10,
    longRounds: 500,
    shareSeconds: 11,
  },
  {
    name: 'spool-kill',
    folder: 'packages/session-store',
    what: 'a process that is killed while it spools',
    shortRounds: 16,
    longRounds: 2000,
    shareSeconds: 14,
  },
  {
    name: 'spool-damage',
    folder: 'packages/session-store',
    what: 'spools whose files are spoiled',
    shortRounds: 28,
    longRounds: 6000,
    shareSeconds: 11,
  },
  {
    name: 'postgres-versions',
    folder: 'packages/session-store',
    what: 'what the store promises, on PostgreSQL 14 and 17, and in a long round on 15, 16 and 18, too, and for many recordings (a round is one of each property)',
    shortRounds: 1,
    longRounds: 100,
    shareSeconds: 93,
  },
  {
    name: 'compaction-crowd',
    folder: 'packages/session-store',
    what: 'a recording of a thousand markets is compacted day by day',
    shortRounds: 1,
    longRounds: 20,
    shareSeconds: 10,
  },
  {
    name: 'old-age',
    folder: 'packages/session-store',
    what: 'a store of years, asked as on its first day; a round is a year',
    shortRounds: 1,
    longRounds: 10,
    shareSeconds: 13,
  },
  {
    name: 'mutations',
    folder: 'packages/session-store',
    what: 'deliberate breaks of the sources, one at a time: which no test sees',
    shortRounds: 3,
    longRounds: 300,
    shareSeconds: 11,
  },
];
