-- AlterTable
ALTER TABLE "bulk_job" ADD COLUMN     "api_key_id" UUID,
ADD COLUMN     "claims" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "import_job" ADD COLUMN     "api_key_id" UUID,
ADD COLUMN     "claims" INTEGER NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "import_job_org_id_api_key_id_idx" ON "import_job"("org_id", "api_key_id");

-- CreateIndex
CREATE INDEX "bulk_job_org_id_api_key_id_idx" ON "bulk_job"("org_id", "api_key_id");

-- AddForeignKey
ALTER TABLE "import_job" ADD CONSTRAINT "import_job_org_id_api_key_id_fkey" FOREIGN KEY ("org_id", "api_key_id") REFERENCES "api_key"("org_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "bulk_job" ADD CONSTRAINT "bulk_job_org_id_api_key_id_fkey" FOREIGN KEY ("org_id", "api_key_id") REFERENCES "api_key"("org_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
