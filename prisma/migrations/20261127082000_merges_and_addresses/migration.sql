-- AlterTable
ALTER TABLE "contact_merge" ADD COLUMN     "choices" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "import_error" ADD COLUMN     "refused" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "import_job" ADD COLUMN     "in_trash" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "redirected" INTEGER NOT NULL DEFAULT 0;
