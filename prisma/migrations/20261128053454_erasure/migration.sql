-- AlterTable
ALTER TABLE "export_chunk" ADD COLUMN     "record_ids" UUID[];
