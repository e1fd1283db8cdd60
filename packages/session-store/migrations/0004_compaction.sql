-- Deltas in two levels: fresh chunks in order of arrival, as they are written, and chunks of one market, into which the fresh
-- ones are rewritten in the background (src/compaction.ts). The view reads both.
create table market_chunks (
  session_id uuid not null,
  market_id integer not null,
  epoch integer not null,
  sid bigint not null,
  first_seq bigint not null,
  last_seq bigint not null,
  records integer not null,
  level smallint,
  received_at timestamptz not null,
  skipped integer[] not null,
  yes boolean[] not null,
  prices integer[] not null,
  deltas bigint[] not null,
  received_offsets integer[] not null,
  delays bigint[] not null,
  constraint market_chunks_pk
    primary key (session_id, market_id, epoch, sid, first_seq, received_at)
) partition by range (received_at);
--> statement-breakpoint
-- One market over all sessions.
create index market_chunks_market on market_chunks (market_id, received_at);
--> statement-breakpoint
-- What is still to be merged: a small part of the table at any time.
create index market_chunks_unmerged on market_chunks (session_id, epoch, sid, market_id, first_seq)
  where level is not null;
--> statement-breakpoint
create table keyframes (
  session_id uuid not null,
  market_id integer not null,
  epoch integer not null,
  sid bigint not null,
  seq bigint not null,
  received_at timestamptz not null,
  yes_prices integer[] not null,
  yes_sizes bigint[] not null,
  no_prices integer[] not null,
  no_sizes bigint[] not null,
  constraint keyframes_pk
    primary key (session_id, market_id, epoch, sid, seq, received_at)
) partition by range (received_at);
--> statement-breakpoint
create index keyframes_market on keyframes (market_id, received_at);
--> statement-breakpoint
-- The snapshots of one market, in a session or at a time.
create index snapshot_records_market on snapshot_records (session_id, market_id, epoch, sid, seq);
--> statement-breakpoint
create index snapshot_records_time on snapshot_records (market_id, received_at);
--> statement-breakpoint
create table market_chunks_default partition of market_chunks default;
--> statement-breakpoint
create table keyframes_default partition of keyframes default;
--> statement-breakpoint
create or replace view deltas as
select
  chunk.session_id,
  chunk.epoch,
  chunk.sid,
  chunk.first_seq + delta.position - 1 + delta.skipped as seq,
  market.ticker as market,
  case when delta.yes then 'yes' else 'no' end as side,
  delta.price,
  delta.change as delta,
  chunk.received_at + (delta.received_offset - delta.delay) * interval '1 millisecond' as exchange_at,
  chunk.received_at + delta.received_offset * interval '1 millisecond' as received_at
from delta_chunks as chunk
cross join lateral unnest(
  chunk.skipped, chunk.market_ids, chunk.yes, chunk.prices, chunk.deltas, chunk.received_offsets, chunk.delays
) with ordinality as delta (skipped, market_id, yes, price, change, received_offset, delay, position)
join markets as market on market.id = delta.market_id
union all
select
  chunk.session_id,
  chunk.epoch,
  chunk.sid,
  chunk.first_seq + delta.position - 1 + delta.skipped as seq,
  market.ticker as market,
  case when delta.yes then 'yes' else 'no' end as side,
  delta.price,
  delta.change as delta,
  chunk.received_at + (delta.received_offset - delta.delay) * interval '1 millisecond' as exchange_at,
  chunk.received_at + delta.received_offset * interval '1 millisecond' as received_at
from market_chunks as chunk
join markets as market on market.id = chunk.market_id
cross join lateral unnest(
  chunk.skipped, chunk.yes, chunk.prices, chunk.deltas, chunk.received_offsets, chunk.delays
) with ordinality as delta (skipped, yes, price, change, received_offset, delay, position);
