-- A session belongs to the process that holds its lease. `lease_until` is on this database's clock and null where nobody
-- holds the session; `fencing_token` rises with each owner, so that a late write of an earlier one is known for what it is.
ALTER TABLE "sessions" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "fencing_token" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "lease_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "last_batch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
-- Whoever opened these does not renew a lease, and nothing can tell a living owner from a dead one.
UPDATE "sessions"
SET "status" = 'reclaimed', "ended_at" = coalesce("last_record_at", "started_at"),
	"end_reason" = 'opened by a version without leases'
WHERE "status" = 'active';--> statement-breakpoint
DROP INDEX "sessions_active";--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_active" ON "sessions" USING btree ("recorder") WHERE status = 'active';--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_lease" CHECK (status <> 'active' or (owner is not null and lease_until is not null));
