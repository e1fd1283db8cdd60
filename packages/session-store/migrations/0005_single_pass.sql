-- Deltas are rewritten once, from the order of their arrival into chunks of one market (src/compaction/): no chunk waits to be merged.
drop index market_chunks_unmerged;
--> statement-breakpoint
alter table market_chunks drop column level;
--> statement-breakpoint
-- Where a session's rows lie in time, so that nobody looks through all partitions for them: from this day to `last_record_at`.
alter table sessions add column first_day date;
--> statement-breakpoint
-- What has been recorded so far may lie anywhere before.
update sessions set first_day = '-infinity';
