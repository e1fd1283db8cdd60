CREATE TABLE "delta_chunks" (
	"session_id" uuid NOT NULL,
	"epoch" integer NOT NULL,
	"sid" bigint NOT NULL,
	"first_seq" bigint NOT NULL,
	"last_seq" bigint NOT NULL,
	"records" integer NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"skipped" integer[] NOT NULL,
	"market_ids" integer[] NOT NULL,
	"yes" boolean[] NOT NULL,
	"prices" integer[] NOT NULL,
	"deltas" bigint[] NOT NULL,
	"received_offsets" integer[] NOT NULL,
	"delays" bigint[] NOT NULL,
	CONSTRAINT "delta_chunks_session_id_epoch_sid_first_seq_pk" PRIMARY KEY("session_id","epoch","sid","first_seq")
);
--> statement-breakpoint
CREATE TABLE "gap_records" (
	"session_id" uuid NOT NULL,
	"ordinal" bigint NOT NULL,
	"epoch" integer NOT NULL,
	"sid" bigint,
	"first_seq" bigint,
	"last_seq" bigint,
	"from_at" timestamp with time zone NOT NULL,
	"to_at" timestamp with time zone,
	"cause" text NOT NULL,
	CONSTRAINT "gap_records_session_id_ordinal_pk" PRIMARY KEY("session_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "markets" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "markets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"ticker" text NOT NULL,
	CONSTRAINT "markets_ticker_unique" UNIQUE("ticker")
);
--> statement-breakpoint
CREATE TABLE "raw_frames" (
	"session_id" uuid NOT NULL,
	"ordinal" bigint NOT NULL,
	"epoch" integer NOT NULL,
	"sid" bigint,
	"seq" bigint,
	"received_at" timestamp with time zone NOT NULL,
	"text" text NOT NULL,
	"escaped" boolean NOT NULL,
	CONSTRAINT "raw_frames_session_id_ordinal_pk" PRIMARY KEY("session_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "recorders" (
	"name" text PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"messages" bigint DEFAULT 0 NOT NULL,
	"snapshots" bigint DEFAULT 0 NOT NULL,
	"deltas" bigint DEFAULT 0 NOT NULL,
	"raw" bigint DEFAULT 0 NOT NULL,
	"gaps" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ordinal" bigint GENERATED ALWAYS AS IDENTITY (sequence name "sessions_ordinal_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"recorder" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"end_reason" text,
	"continues" uuid,
	"last_record_at" timestamp with time zone,
	"messages" bigint DEFAULT 0 NOT NULL,
	"snapshots" bigint DEFAULT 0 NOT NULL,
	"deltas" bigint DEFAULT 0 NOT NULL,
	"raw" bigint DEFAULT 0 NOT NULL,
	"gaps" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "sessions_status" CHECK (status in ('active', 'closed', 'health_failure', 'reclaimed', 'error')),
	CONSTRAINT "sessions_end" CHECK ((status = 'active') = (ended_at is null) and (status = 'active') = (end_reason is null))
);
--> statement-breakpoint
CREATE TABLE "snapshot_records" (
	"session_id" uuid NOT NULL,
	"epoch" integer NOT NULL,
	"sid" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"market_id" integer NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"yes_prices" integer[] NOT NULL,
	"yes_sizes" bigint[] NOT NULL,
	"no_prices" integer[] NOT NULL,
	"no_sizes" bigint[] NOT NULL,
	CONSTRAINT "snapshot_records_session_id_epoch_sid_seq_pk" PRIMARY KEY("session_id","epoch","sid","seq")
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_recorder_recorders_name_fk" FOREIGN KEY ("recorder") REFERENCES "recorders"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_continues_sessions_id_fk" FOREIGN KEY ("continues") REFERENCES "sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_ordinal" ON "sessions" USING btree ("ordinal");--> statement-breakpoint
CREATE INDEX "sessions_recorder" ON "sessions" USING btree ("recorder","ordinal");--> statement-breakpoint
CREATE INDEX "sessions_active" ON "sessions" USING btree ("recorder") WHERE status = 'active';