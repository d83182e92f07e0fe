-- CreateEnum
CREATE TYPE "ImportMode" AS ENUM ('SKIP', 'UPDATE');

-- CreateEnum
CREATE TYPE "ImportState" AS ENUM ('UPLOADING', 'QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');

-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "sources" "ModificationSource"[] DEFAULT ARRAY[]::"ModificationSource"[];

-- AlterTable
ALTER TABLE "contact" ADD COLUMN     "purged_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "lead" ADD COLUMN     "converted_deal_id" UUID,
ADD COLUMN     "purged_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "user_identity" (
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_identity_pkey" PRIMARY KEY ("issuer","subject")
);

-- CreateTable
CREATE TABLE "smart_list_set" (
    "org_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "smart_list_set_pkey" PRIMARY KEY ("org_id")
);

-- CreateTable
CREATE TABLE "contact_merge" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "primary_id" UUID NOT NULL,
    "merged_by_id" UUID NOT NULL,
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "contact_merge_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "contact_merge_source" (
    "org_id" UUID NOT NULL,
    "merge_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "deal_ids" UUID[],
    "activity_ids" UUID[],
    "conversation_ids" UUID[],
    "lead_ids" UUID[],
    "merged_ids" UUID[],

    CONSTRAINT "contact_merge_source_pkey" PRIMARY KEY ("org_id","merge_id","contact_id")
);

-- CreateTable
CREATE TABLE "import_job" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "state" "ImportState" NOT NULL DEFAULT 'QUEUED',
    "mode" "ImportMode" NOT NULL,
    "dry_run" BOOLEAN NOT NULL,
    "file_name" TEXT,
    "file_bytes" INTEGER NOT NULL DEFAULT 0,
    "encoding" TEXT NOT NULL,
    "delimiter" TEXT,
    "mapping" JSONB NOT NULL,
    "options" JSONB NOT NULL,
    "total" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "blank" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "leased_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_job_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "import_chunk" (
    "org_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "import_chunk_pkey" PRIMARY KEY ("org_id","job_id","position")
);

-- CreateTable
CREATE TABLE "import_error" (
    "org_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "row" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "line" INTEGER NOT NULL,
    "column" TEXT,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "raw" TEXT NOT NULL,

    CONSTRAINT "import_error_pkey" PRIMARY KEY ("org_id","job_id","row","position")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "org_id" UUID NOT NULL,
    "caller_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("org_id","caller_id","key")
);

-- CreateIndex
CREATE INDEX "user_identity_user_id_idx" ON "user_identity"("user_id");

-- CreateIndex
CREATE INDEX "contact_merge_org_id_primary_id_created_at_id_idx" ON "contact_merge"("org_id", "primary_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "contact_merge_org_id_merged_by_id_idx" ON "contact_merge"("org_id", "merged_by_id");

-- CreateIndex
CREATE INDEX "contact_merge_source_org_id_contact_id_idx" ON "contact_merge_source"("org_id", "contact_id");

-- CreateIndex
CREATE INDEX "import_job_org_id_member_id_idx" ON "import_job"("org_id", "member_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "lead_org_id_converted_deal_id_idx" ON "lead"("org_id", "converted_deal_id");

-- AddForeignKey
ALTER TABLE "user_identity" ADD CONSTRAINT "user_identity_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead" ADD CONSTRAINT "lead_org_id_converted_deal_id_fkey" FOREIGN KEY ("org_id", "converted_deal_id") REFERENCES "deal"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "smart_list_set" ADD CONSTRAINT "smart_list_set_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_merge" ADD CONSTRAINT "contact_merge_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_merge" ADD CONSTRAINT "contact_merge_org_id_primary_id_fkey" FOREIGN KEY ("org_id", "primary_id") REFERENCES "contact"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_merge" ADD CONSTRAINT "contact_merge_org_id_merged_by_id_fkey" FOREIGN KEY ("org_id", "merged_by_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_merge_source" ADD CONSTRAINT "contact_merge_source_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_merge_source" ADD CONSTRAINT "contact_merge_source_org_id_merge_id_fkey" FOREIGN KEY ("org_id", "merge_id") REFERENCES "contact_merge"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_merge_source" ADD CONSTRAINT "contact_merge_source_org_id_contact_id_fkey" FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_job" ADD CONSTRAINT "import_job_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_job" ADD CONSTRAINT "import_job_org_id_member_id_fkey" FOREIGN KEY ("org_id", "member_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_chunk" ADD CONSTRAINT "import_chunk_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_chunk" ADD CONSTRAINT "import_chunk_org_id_job_id_fkey" FOREIGN KEY ("org_id", "job_id") REFERENCES "import_job"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_error" ADD CONSTRAINT "import_error_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_error" ADD CONSTRAINT "import_error_org_id_job_id_fkey" FOREIGN KEY ("org_id", "job_id") REFERENCES "import_job"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_key" ADD CONSTRAINT "idempotency_key_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What follows is written by hand: Prisma's language cannot say it. None of it shows as drift.

ALTER TABLE "contact" ADD CONSTRAINT "contact_purged_check" CHECK ("purged_at" IS NULL OR "deleted_at" IS NOT NULL);
ALTER TABLE "lead" ADD CONSTRAINT "lead_purged_check" CHECK ("purged_at" IS NULL OR "deleted_at" IS NOT NULL);
ALTER TABLE "lead" ADD CONSTRAINT "lead_converted_check"
  CHECK (("converted_at" IS NULL OR "status" = 'CONVERTED') AND ("converted_contact_id" IS NULL OR "converted_at" IS NOT NULL));
ALTER TABLE "smart_list" ADD CONSTRAINT "smart_list_name_check" CHECK (btrim("name") <> '');
ALTER TABLE "smart_list_set" ADD CONSTRAINT "smart_list_set_version_check" CHECK ("version" >= 0);
ALTER TABLE "custom_field_folder" ADD CONSTRAINT "custom_field_folder_name_check" CHECK (btrim("name") <> '');
ALTER TABLE "custom_value" ADD CONSTRAINT "custom_value_key_check" CHECK ("key" ~ '^[a-z][a-z0-9_]{0,63}$');
ALTER TABLE "idempotency_key" ADD CONSTRAINT "idempotency_key_check"
  CHECK (octet_length("key") BETWEEN 1 AND 1020 AND octet_length("fingerprint") = 32);
ALTER TABLE "import_job"
  ADD CONSTRAINT "import_job_counts_check"
    CHECK ("created" + "updated" + "skipped" + "failed" = "done" AND "done" <= "total" AND "blank" >= 0),
  ADD CONSTRAINT "import_job_finished_check"
    CHECK (("finished_at" IS NOT NULL) = ("state" IN ('DONE', 'FAILED', 'CANCELLED')));

-- Jobs that a process may have to take up.
CREATE INDEX "import_job_pending_idx" ON "import_job" ("leased_until") WHERE "state" IN ('QUEUED', 'RUNNING');
-- Two folders of one entity cannot have the same name.
CREATE UNIQUE INDEX "custom_field_folder_name_idx" ON "custom_field_folder" ("org_id", "entity", lower("name") COLLATE "C");

-- Lists are never null.
ALTER TABLE "api_key" ALTER COLUMN "sources" SET NOT NULL;
ALTER TABLE "contact_merge_source" ALTER COLUMN "deal_ids" SET NOT NULL,
  ALTER COLUMN "activity_ids" SET NOT NULL,
  ALTER COLUMN "conversation_ids" SET NOT NULL,
  ALTER COLUMN "lead_ids" SET NOT NULL,
  ALTER COLUMN "merged_ids" SET NOT NULL;

-- What the purge looks for, in every organization.
CREATE INDEX "contact_purge_idx" ON "contact" ("deleted_at") WHERE "deleted_at" IS NOT NULL AND "purged_at" IS NULL;
CREATE INDEX "lead_purge_idx" ON "lead" ("deleted_at") WHERE "deleted_at" IS NOT NULL AND "purged_at" IS NULL;
