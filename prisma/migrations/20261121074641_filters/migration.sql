-- CreateEnum
CREATE TYPE "BulkKind" AS ENUM ('UPDATE', 'TAG', 'DELETE');

-- CreateEnum
CREATE TYPE "BulkState" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');

-- AlterTable
-- The keys of deals that exist already are made here as the application makes them (src/lib/fold.ts), as far as the
-- database's own lower() knows the letters; a deal's next change makes them exact where it does not.
ALTER TABLE "deal" ADD COLUMN     "name_key" TEXT COLLATE "C",
ADD COLUMN     "stage_key" TEXT COLLATE "C";

UPDATE "deal" SET
  "name_key" = normalize(replace(replace(lower(replace(normalize("name", NFC), U&'\0130', U&'i\0307')), U&'\03C2', U&'\03C3'), U&'\0130', U&'i\0307'), NFC),
  "stage_key" = normalize(replace(replace(lower(replace(normalize("stage", NFC), U&'\0130', U&'i\0307')), U&'\03C2', U&'\03C3'), U&'\0130', U&'i\0307'), NFC);

ALTER TABLE "deal" ALTER COLUMN "name_key" SET NOT NULL,
ALTER COLUMN "stage_key" SET NOT NULL;

-- CreateTable
CREATE TABLE "bulk_job" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "kind" "BulkKind" NOT NULL,
    "state" "BulkState" NOT NULL DEFAULT 'QUEUED',
    "source" "ModificationSource" NOT NULL,
    "input" JSONB NOT NULL,
    "total" INTEGER NOT NULL CHECK ("total" >= 0),
    "done" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "leased_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_job_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "bulk_chunk" (
    "org_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "ids" UUID[],

    CONSTRAINT "bulk_chunk_pkey" PRIMARY KEY ("org_id","job_id","position")
);

-- CreateIndex
CREATE INDEX "bulk_job_org_id_member_id_idx" ON "bulk_job"("org_id", "member_id");

-- AddForeignKey
ALTER TABLE "bulk_job" ADD CONSTRAINT "bulk_job_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_job" ADD CONSTRAINT "bulk_job_org_id_member_id_fkey" FOREIGN KEY ("org_id", "member_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_chunk" ADD CONSTRAINT "bulk_chunk_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_chunk" ADD CONSTRAINT "bulk_chunk_org_id_job_id_fkey" FOREIGN KEY ("org_id", "job_id") REFERENCES "bulk_job"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What follows is written by hand: Prisma's language cannot say it. None of it shows as drift.

CREATE INDEX "bulk_job_waiting_idx" ON "bulk_job" ("created_at") WHERE "state" IN ('QUEUED', 'RUNNING');

-- Subqueries and not groups: each is counted only for the rows that are asked about, and only when its column is.
CREATE VIEW "contact_tally" AS
SELECT c."org_id", c."id",
  (SELECT count(*) FROM "deal" AS x WHERE x."org_id" = c."org_id" AND x."contact_id" = c."id")::int AS "deals",
  (SELECT count(*) FROM "activity" AS x WHERE x."org_id" = c."org_id" AND x."contact_id" = c."id")::int AS "activities",
  (SELECT count(*) FROM "conversation" AS x WHERE x."org_id" = c."org_id" AND x."contact_id" = c."id")::int
    AS "conversations",
  (SELECT count(*) FROM "lead" AS x
   WHERE x."org_id" = c."org_id" AND x."converted_contact_id" = c."id" AND x."deleted_at" IS NULL)::int AS "leads"
FROM "contact" AS c;

CREATE VIEW "lead_tally" AS
SELECT l."org_id", l."id",
  (SELECT count(*) FROM "deal" AS x WHERE x."org_id" = l."org_id" AND x."lead_id" = l."id")::int AS "deals",
  (SELECT count(*) FROM "activity" AS x WHERE x."org_id" = l."org_id" AND x."lead_id" = l."id")::int AS "activities"
FROM "lead" AS l;

CREATE VIEW "deal_tally" AS
SELECT d."org_id", d."id",
  (SELECT count(*) FROM "activity" AS x WHERE x."org_id" = d."org_id" AND x."deal_id" = d."id")::int AS "activities"
FROM "deal" AS d;
