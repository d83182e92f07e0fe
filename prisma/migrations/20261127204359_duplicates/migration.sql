-- CreateEnum
CREATE TYPE "DuplicateSearchState" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "DuplicateReason" AS ENUM ('SIMILAR_EMAIL', 'SAME_NAME_AND_COMPANY', 'SAME_PHONE');

-- CreateTable
CREATE TABLE "duplicate_search" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "api_key_id" UUID,
    "state" "DuplicateSearchState" NOT NULL DEFAULT 'QUEUED',
    "total" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "groups" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "leased_until" TIMESTAMPTZ(3),
    "claims" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "duplicate_search_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "duplicate_group" (
    "org_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "score" INTEGER NOT NULL,
    "reasons" "DuplicateReason"[],
    "contact_ids" UUID[],

    CONSTRAINT "duplicate_group_pkey" PRIMARY KEY ("org_id","job_id","position")
);

-- CreateIndex
CREATE INDEX "duplicate_search_org_id_member_id_idx" ON "duplicate_search"("org_id", "member_id");

-- CreateIndex
CREATE INDEX "duplicate_search_org_id_api_key_id_idx" ON "duplicate_search"("org_id", "api_key_id");

-- CreateIndex
CREATE INDEX "duplicate_group_org_id_job_id_score_position_idx" ON "duplicate_group"("org_id", "job_id", "score" DESC, "position");

-- CreateIndex
CREATE INDEX "contact_phone_numbers_idx" ON "contact" USING GIN ("phone_numbers");

-- CreateIndex
CREATE INDEX "contact_email_org_id_contact_id_idx" ON "contact_email"("org_id", "contact_id");

-- AddForeignKey
ALTER TABLE "duplicate_search" ADD CONSTRAINT "duplicate_search_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "duplicate_search" ADD CONSTRAINT "duplicate_search_org_id_member_id_fkey" FOREIGN KEY ("org_id", "member_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "duplicate_search" ADD CONSTRAINT "duplicate_search_org_id_api_key_id_fkey" FOREIGN KEY ("org_id", "api_key_id") REFERENCES "api_key"("org_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "duplicate_group" ADD CONSTRAINT "duplicate_group_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "duplicate_group" ADD CONSTRAINT "duplicate_group_org_id_job_id_fkey" FOREIGN KEY ("org_id", "job_id") REFERENCES "duplicate_search"("org_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "duplicate_group" ALTER COLUMN "reasons" SET NOT NULL, ALTER COLUMN "contact_ids" SET NOT NULL;

-- The addresses that one mailbox may have: without dots and what follows a plus. By hand: Prisma's language cannot say it.
CREATE INDEX "contact_email_mailbox_idx" ON "contact_email" ("org_id", (
  replace(split_part(split_part("email_key", '@', 1), '+', 1), '.', '') || '@' ||
  replace(split_part("email_key", '@', 2), 'googlemail.com', 'gmail.com')));
