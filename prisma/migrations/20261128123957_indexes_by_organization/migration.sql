-- These indexes knew no organization: "company contains" of one with 200 contacts read the entries of all the others.
-- With the organization in front an index finds its rows alone. btree_gin comes with PostgreSQL, as pg_trgm does.
CREATE EXTENSION IF NOT EXISTS btree_gin;

DROP INDEX "contact_facets_idx";
CREATE INDEX "contact_facets_idx" ON "contact" USING GIN ("org_id" uuid_ops, "facets");

DROP INDEX "contact_search_text_idx";
CREATE INDEX "contact_search_text_idx" ON "contact" USING GIN ("org_id" uuid_ops, "search_text" gin_trgm_ops);

DROP INDEX "lead_facets_idx";
CREATE INDEX "lead_facets_idx" ON "lead" USING GIN ("org_id" uuid_ops, "facets");

DROP INDEX "lead_search_text_idx";
CREATE INDEX "lead_search_text_idx" ON "lead" USING GIN ("org_id" uuid_ops, "search_text" gin_trgm_ops);

DROP INDEX "contact_other_emails_gone_idx";
CREATE INDEX "contact_other_emails_gone_idx" ON "contact" USING GIN ("org_id" uuid_ops, "facets")
  WHERE "deleted_at" IS NOT NULL AND "other_emails" <> '{}';

-- The slots of custom fields.
DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT t || '_text_' || n FROM unnest(ARRAY['contact', 'lead']) AS t, generate_series(1, 8) AS n LOOP
    EXECUTE format('DROP INDEX %I', name || '_idx');
    EXECUTE format('CREATE INDEX %I ON %I USING GIN (org_id uuid_ops, %I gin_trgm_ops) WHERE %3$I IS NOT NULL',
      name || '_idx', split_part(name, '_', 1), substr(name, strpos(name, '_') + 1));
  END LOOP;
END $$;
