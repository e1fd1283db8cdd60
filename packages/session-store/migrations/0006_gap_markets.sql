-- A hole can be one market's: its neighbours on the same subscription go on. Without a market it is anybody's, as all were until now.
alter table gap_records add column market_id integer;
--> statement-breakpoint
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
  gap.shed,
  market.ticker as market
from gap_records as gap
join sessions as session on session.id = gap.session_id
left join markets as market on market.id = gap.market_id
left join lateral (
  select record.received_at
  from snapshot_records as record
  where record.session_id = gap.session_id and record.epoch > gap.epoch
    and (gap.market_id is null or record.market_id = gap.market_id)
  order by record.epoch, record.sid, record.seq
  limit 1
) as next_epoch on true
union all
select session_id, null, null, null, null, null, expired_from, expired_before, 'expired', 0, null
from expirations;
