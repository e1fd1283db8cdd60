-- What people read: one row per delta, per level, per snapshot, whatever the tables look like inside.

-- Element i of a chunk's arrays is its i-th delta; every value is relative to the chunk's own row (see schema.ts).
create view deltas as
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
create view snapshots as
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
-- A snapshot of an empty book has no levels and so no row in `snapshots`; here every snapshot has exactly one.
create view snapshot_frames as
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
-- When a connection is lost the hole has no end yet, and its row is written at once all the same: the process may be gone
-- before there is one. In time it ends with the first snapshot of a later epoch, or with the session.
create view gaps as
select
  gap.session_id,
  gap.ordinal,
  gap.epoch,
  gap.sid,
  gap.first_seq,
  gap.last_seq,
  gap.from_at,
  coalesce(gap.to_at, next_epoch.received_at, session.ended_at) as to_at,
  gap.cause
from gap_records as gap
join sessions as session on session.id = gap.session_id
left join lateral (
  select record.received_at
  from snapshot_records as record
  where record.session_id = gap.session_id and record.epoch > gap.epoch
  order by record.epoch, record.sid, record.seq
  limit 1
) as next_epoch on true;
