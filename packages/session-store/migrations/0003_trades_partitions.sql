-- The large tables become partitioned by the day (in UTC) of `received_at`; trades get theirs; the ledger learns about
-- what was shed and what has expired. Days' partitions are made by the store as it needs them (src/partitions.ts). The
-- default partitions take what lies at times too odd to have a partition of their own, so that no write ever fails for
-- the want of one.
alter table recorders add column trades bigint not null default 0, add column shed bigint not null default 0;
--> statement-breakpoint
alter table sessions add column trades bigint not null default 0, add column shed bigint not null default 0;
--> statement-breakpoint
alter table gap_records add column shed bigint not null default 0;
--> statement-breakpoint
create table expirations (
  session_id uuid primary key,
  expired_from timestamptz not null,
  expired_before timestamptz not null,
  expired_at timestamptz not null,
  snapshots bigint not null default 0,
  deltas bigint not null default 0,
  trades bigint not null default 0,
  raw bigint not null default 0
);
--> statement-breakpoint
create table trade_chunks (
  session_id uuid not null,
  epoch integer not null,
  sid bigint not null,
  first_ordinal bigint not null,
  first_seq bigint,
  records integer not null,
  received_at timestamptz not null,
  ordinals_skipped integer[] not null,
  skipped integer[] not null,
  market_ids integer[] not null,
  trade_uuids uuid[] not null,
  trade_texts text[] not null,
  yes_prices integer[] not null,
  sizes bigint[] not null,
  taker_yes boolean[] not null,
  block_trades boolean[] not null,
  received_offsets integer[] not null,
  delays bigint[] not null,
  constraint trade_chunks_session_id_epoch_sid_first_ordinal_received_at_pk
    primary key (session_id, epoch, sid, first_ordinal, received_at)
) partition by range (received_at);
--> statement-breakpoint
alter table delta_chunks rename to delta_chunks_moving;
--> statement-breakpoint
create table delta_chunks (
  like delta_chunks_moving,
  constraint delta_chunks_session_id_epoch_sid_first_seq_received_at_pk
    primary key (session_id, epoch, sid, first_seq, received_at)
) partition by range (received_at);
--> statement-breakpoint
alter table snapshot_records rename to snapshot_records_moving;
--> statement-breakpoint
create table snapshot_records (
  like snapshot_records_moving,
  constraint snapshot_records_session_id_epoch_sid_seq_received_at_pk
    primary key (session_id, epoch, sid, seq, received_at)
) partition by range (received_at);
--> statement-breakpoint
alter table raw_frames rename to raw_frames_moving;
--> statement-breakpoint
create table raw_frames (
  like raw_frames_moving,
  constraint raw_frames_session_id_ordinal_received_at_pk primary key (session_id, ordinal, received_at)
) partition by range (received_at);
--> statement-breakpoint
create table delta_chunks_default partition of delta_chunks default;
--> statement-breakpoint
create table snapshot_records_default partition of snapshot_records default;
--> statement-breakpoint
create table trade_chunks_default partition of trade_chunks default;
--> statement-breakpoint
create table raw_frames_default partition of raw_frames default;
--> statement-breakpoint
-- Partitions for the latest 400 days that hold anything. What is older goes to the default partition.
do $move$
declare
  name text;
  day timestamptz;
begin
  foreach name in array array['delta_chunks', 'snapshot_records', 'raw_frames'] loop
    for day in execute format(
      $days$ select distinct date_trunc('day', received_at, 'UTC') as day from %I order by day desc limit 400 $days$,
      name || '_moving'
    ) loop
      execute format(
        'create table %I partition of %I for values from (%L) to (%L)',
        name || '_' || to_char(day at time zone 'UTC', 'YYYYMMDD'),
        name,
        day,
        day + interval '24 hours'
      );
    end loop;
    execute format('insert into %I select * from %I', name, name || '_moving');
  end loop;
end
$move$;
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
join markets as market on market.id = delta.market_id;
--> statement-breakpoint
create or replace view snapshots as
select
  record.session_id,
  record.epoch,
  record.sid,
  record.seq,
  market.ticker as market,
  level.side,
  level.price,
  level.size,
  record.received_at
from snapshot_records as record
join markets as market on market.id = record.market_id
cross join lateral (
  select 'yes' as side, price, size from unnest(record.yes_prices, record.yes_sizes) as levels (price, size)
  union all
  select 'no' as side, price, size from unnest(record.no_prices, record.no_sizes) as levels (price, size)
) as level;
--> statement-breakpoint
create or replace view snapshot_frames as
select
  record.session_id,
  record.epoch,
  record.sid,
  record.seq,
  market.ticker as market,
  cardinality(record.yes_prices) as yes_levels,
  cardinality(record.no_prices) as no_levels,
  record.received_at
from snapshot_records as record
join markets as market on market.id = record.market_id;
--> statement-breakpoint
-- `unnest` fills up shorter arrays with nulls: that is what makes an empty `skipped` or `trade_texts` right.
create view trades as
select
  chunk.session_id,
  chunk.epoch,
  chunk.sid,
  chunk.first_seq + trade.position - 1 + trade.skipped as seq,
  market.ticker as market,
  coalesce(trade.id_uuid::text, trade.id_text) as trade_id,
  trade.yes_price,
  trade.size,
  case trade.taker_yes when true then 'yes' when false then 'no' end as taker_side,
  trade.block_trade as is_block_trade,
  chunk.received_at + (trade.received_offset - trade.delay) * interval '1 millisecond' as exchange_at,
  chunk.received_at + trade.received_offset * interval '1 millisecond' as received_at,
  chunk.first_ordinal + trade.position - 1 + trade.ordinals_skipped as ordinal
from trade_chunks as chunk
cross join lateral unnest(
  chunk.ordinals_skipped, chunk.skipped, chunk.market_ids, chunk.trade_uuids, chunk.trade_texts, chunk.yes_prices,
  chunk.sizes, chunk.taker_yes, chunk.block_trades, chunk.received_offsets, chunk.delays
) with ordinality as trade (
  ordinals_skipped, skipped, market_id, id_uuid, id_text, yes_price,
  size, taker_yes, block_trade, received_offset, delay, position
)
join markets as market on market.id = trade.market_id;
--> statement-breakpoint
-- What retention has dropped is a hole too, and is named here with the others: in time, as its numbers are gone with it.
create or replace view gaps as
select
  gap.session_id,
  gap.ordinal,
  gap.epoch,
  gap.sid,
  gap.first_seq,
  gap.last_seq,
  gap.from_at,
  coalesce(gap.to_at, next_epoch.received_at, session.ended_at) as to_at,
  gap.cause,
  gap.shed
from gap_records as gap
join sessions as session on session.id = gap.session_id
left join lateral (
  select record.received_at
  from snapshot_records as record
  where record.session_id = gap.session_id and record.epoch > gap.epoch
  order by record.epoch, record.sid, record.seq
  limit 1
) as next_epoch on true
union all
select session_id, null, null, null, null, null, expired_from, expired_before, 'expired', 0
from expirations;
--> statement-breakpoint
drop table delta_chunks_moving, snapshot_records_moving, raw_frames_moving;
