-- The exchange's time to the microsecond. What has been recorded so far has ms alone: no row of it is rewritten.
alter table delta_chunks add column micros smallint[] not null default '{}';
--> statement-breakpoint
alter table market_chunks add column micros smallint[] not null default '{}';
--> statement-breakpoint
-- `unnest` fills up shorter arrays with nulls: that is what makes an empty `micros` right.
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
  chunk.received_at + (delta.received_offset - delta.delay) * interval '1 millisecond'
    + coalesce(delta.micros, 0) * interval '1 microsecond' as exchange_at,
  chunk.received_at + delta.received_offset * interval '1 millisecond' as received_at,
  ((extract(epoch from chunk.received_at) * 1000)::bigint + delta.received_offset - delta.delay) * 1000
    + delta.micros as exchange_at_us
from delta_chunks as chunk
cross join lateral unnest(
  chunk.skipped, chunk.market_ids, chunk.yes, chunk.prices, chunk.deltas, chunk.received_offsets, chunk.delays, chunk.micros
) with ordinality as delta (skipped, market_id, yes, price, change, received_offset, delay, micros, position)
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
  chunk.received_at + (delta.received_offset - delta.delay) * interval '1 millisecond'
    + coalesce(delta.micros, 0) * interval '1 microsecond' as exchange_at,
  chunk.received_at + delta.received_offset * interval '1 millisecond' as received_at,
  ((extract(epoch from chunk.received_at) * 1000)::bigint + delta.received_offset - delta.delay) * 1000
    + delta.micros as exchange_at_us
from market_chunks as chunk
join markets as market on market.id = chunk.market_id
cross join lateral unnest(
  chunk.skipped, chunk.yes, chunk.prices, chunk.deltas, chunk.received_offsets, chunk.delays, chunk.micros
) with ordinality as delta (skipped, yes, price, change, received_offset, delay, micros, position);
