-- What an organization says of its weeks and amounts, and its version. Rows keep today's meaning: weeks begin on Monday,
-- and amounts name their currency.
-- CreateEnum
CREATE TYPE "WeekDay" AS ENUM ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY');

-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "default_currency" TEXT,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "week_start" "WeekDay" NOT NULL DEFAULT 'MONDAY';

-- By hand: Prisma's language cannot say it.
ALTER TABLE "organization" ADD CONSTRAINT "organization_default_currency_check" CHECK ("default_currency" ~ '^[A-Z]{3}$');
