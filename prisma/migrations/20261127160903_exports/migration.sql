-- CreateEnum
CREATE TYPE "ExportEntity" AS ENUM ('CONTACT', 'LEAD', 'DEAL');

-- CreateEnum
CREATE TYPE "ExportFormat" AS ENUM ('CSV', 'JSON_LINES');

-- CreateEnum
CREATE TYPE "ExportState" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');

-- CreateTable
CREATE TABLE "export_job" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "api_key_id" UUID,
    "state" "ExportState" NOT NULL DEFAULT 'QUEUED',
    "entity" "ExportEntity" NOT NULL,
    "format" "ExportFormat" NOT NULL,
    "trash" TEXT NOT NULL DEFAULT 'EXCLUDE',
    "columns" JSONB NOT NULL,
    "delimiter" TEXT NOT NULL DEFAULT ',',
    "byte_order_mark" BOOLEAN NOT NULL DEFAULT false,
    "data_scope" "DataScope" NOT NULL,
    "total" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "bytes" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "leased_until" TIMESTAMPTZ(3),
    "claims" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "export_job_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "export_batch" (
    "org_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "ids" UUID[],

    CONSTRAINT "export_batch_pkey" PRIMARY KEY ("org_id","job_id","position")
);

-- CreateTable
CREATE TABLE "export_chunk" (
    "org_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "export_chunk_pkey" PRIMARY KEY ("org_id","job_id","position")
);

-- CreateIndex
CREATE INDEX "export_job_org_id_member_id_idx" ON "export_job"("org_id", "member_id");

-- CreateIndex
CREATE INDEX "export_job_org_id_api_key_id_idx" ON "export_job"("org_id", "api_key_id");

-- AddForeignKey
ALTER TABLE "export_job" ADD CONSTRAINT "export_job_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "export_job" ADD CONSTRAINT "export_job_org_id_member_id_fkey" FOREIGN KEY ("org_id", "member_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "export_job" ADD CONSTRAINT "export_job_org_id_api_key_id_fkey" FOREIGN KEY ("org_id", "api_key_id") REFERENCES "api_key"("org_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "export_batch" ADD CONSTRAINT "export_batch_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "export_batch" ADD CONSTRAINT "export_batch_org_id_job_id_fkey" FOREIGN KEY ("org_id", "job_id") REFERENCES "export_job"("org_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "export_chunk" ADD CONSTRAINT "export_chunk_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "export_chunk" ADD CONSTRAINT "export_chunk_org_id_job_id_fkey" FOREIGN KEY ("org_id", "job_id") REFERENCES "export_job"("org_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
