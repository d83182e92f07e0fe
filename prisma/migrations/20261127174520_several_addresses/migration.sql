-- A contact's addresses beside the primary one. No row is written: existing ones have none.
-- AlterTable
ALTER TABLE "contact" ADD COLUMN     "other_emails" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "contact_email" (
    "org_id" UUID NOT NULL,
    "email_key" TEXT NOT NULL,
    "contact_id" UUID NOT NULL
);

-- One row for each live contact with an address, before there is an index to keep in step.
INSERT INTO "contact_email" ("org_id", "email_key", "contact_id")
  SELECT "org_id", "email_key", "id" FROM "contact" WHERE "deleted_at" IS NULL AND "email_key" IS NOT NULL;

ALTER TABLE "contact_email" ADD CONSTRAINT "contact_email_pkey" PRIMARY KEY ("org_id","email_key");

-- AddForeignKey
ALTER TABLE "contact_email" ADD CONSTRAINT "contact_email_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Who had an address beside a primary one and is in the trash or merged, by its token. By hand: Prisma's language cannot
-- say it.
CREATE INDEX "contact_other_emails_gone_idx" ON "contact" USING gin ("facets")
  WHERE "deleted_at" IS NOT NULL AND "other_emails" <> '{}';

-- Answers that idempotency keys remember show contacts as they are asked for from now on.
UPDATE "idempotency_key" SET "answer" = "answer" || '{"otherEmails": []}' WHERE "answer" ? 'phoneNumbers';
UPDATE "idempotency_key" SET "answer" = jsonb_set("answer", '{contact,otherEmails}', '[]')
  WHERE "answer" -> 'contact' ? 'phoneNumbers';
UPDATE "idempotency_key" SET "answer" = jsonb_set("answer", '{duplicates}',
    (SELECT coalesce(jsonb_agg(d || '{"otherEmails": []}' ORDER BY place), '[]')
     FROM jsonb_array_elements("answer" -> 'duplicates') WITH ORDINALITY AS e (d, place)))
  WHERE jsonb_typeof("answer" -> 'duplicates') = 'array';
