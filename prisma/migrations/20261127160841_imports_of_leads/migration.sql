-- CreateEnum
CREATE TYPE "ImportEntity" AS ENUM ('CONTACT', 'LEAD');

-- AlterTable
ALTER TABLE "import_error" ADD COLUMN     "text" TEXT;

-- AlterTable
ALTER TABLE "import_job" ADD COLUMN     "entity" "ImportEntity" NOT NULL DEFAULT 'CONTACT',
ADD COLUMN     "left_out" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "unmapped" JSONB NOT NULL DEFAULT '[]';
