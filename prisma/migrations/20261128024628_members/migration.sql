-- AlterEnum
ALTER TYPE "BulkKind" ADD VALUE 'REASSIGN';

-- AlterTable
ALTER TABLE "member" ADD COLUMN     "email" TEXT,
ADD COLUMN     "name" TEXT,
ADD COLUMN     "removed_at" TIMESTAMPTZ(3),
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;
