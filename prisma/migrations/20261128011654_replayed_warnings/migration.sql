-- AlterTable
ALTER TABLE "idempotency_key" ADD COLUMN     "warnings" JSONB NOT NULL DEFAULT '[]';
