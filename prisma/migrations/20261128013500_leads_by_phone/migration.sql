-- An import of leads finds those that have the numbers of its rows: without an index each batch reads all leads.
CREATE INDEX "lead_live_phone_idx" ON "lead" ("org_id", "phone") WHERE "deleted_at" IS NULL AND "phone" IS NOT NULL;
