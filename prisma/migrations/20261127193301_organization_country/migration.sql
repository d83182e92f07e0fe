-- The country of phone numbers that are written without one. No row is written: organizations have none until they say so.
-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "default_country" TEXT;

-- By hand: Prisma's language cannot say it.
ALTER TABLE "organization" ADD CONSTRAINT "organization_default_country_check" CHECK ("default_country" ~ '^[A-Z]{2}$');
