-- AlterEnum
ALTER TYPE "AuditAction" ADD VALUE 'DOWNLOADED';

-- AlterTable
ALTER TABLE "export_job" ADD COLUMN     "by_operator" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "import_job" ADD COLUMN     "by_operator" BOOLEAN NOT NULL DEFAULT false;
