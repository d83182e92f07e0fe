-- A second subject of one provider that was tied to a user because it had the user's address: the first one stays.
DELETE FROM "user_identity" AS later USING "user_identity" AS first
  WHERE later."issuer" = first."issuer" AND later."user_id" = first."user_id"
    AND (later."created_at", later."subject") > (first."created_at", first."subject");

-- CreateIndex
CREATE UNIQUE INDEX "user_identity_issuer_user_id_key" ON "user_identity"("issuer", "user_id");

-- Who had an address and is in the trash or merged: whoever takes the address again inherits the wishes. By hand:
-- Prisma's language cannot say it.
CREATE INDEX "contact_email_gone_idx" ON "contact" ("org_id", "email_key")
  WHERE "deleted_at" IS NOT NULL AND "email_key" IS NOT NULL;
