-- A view had a row for each record with the numbers of all its related records, each counted by a subquery: a filter by
-- a number counted the related records of every row of the organization, one row after the other. These views have a
-- row for each record that has any, so that PostgreSQL may group an organization's related records once.

DROP VIEW "contact_tally";
DROP VIEW "lead_tally";
DROP VIEW "deal_tally";

CREATE VIEW "contact_deal_count" AS
SELECT "org_id", "contact_id", count(*)::int AS "count"
FROM "deal" WHERE "contact_id" IS NOT NULL GROUP BY "org_id", "contact_id";

CREATE VIEW "contact_activity_count" AS
SELECT "org_id", "contact_id", count(*)::int AS "count"
FROM "activity" WHERE "contact_id" IS NOT NULL GROUP BY "org_id", "contact_id";

CREATE VIEW "contact_conversation_count" AS
SELECT "org_id", "contact_id", count(*)::int AS "count"
FROM "conversation" GROUP BY "org_id", "contact_id";

CREATE VIEW "contact_lead_count" AS
SELECT "org_id", "converted_contact_id" AS "contact_id", count(*)::int AS "count"
FROM "lead" WHERE "converted_contact_id" IS NOT NULL AND "deleted_at" IS NULL
GROUP BY "org_id", "converted_contact_id";

CREATE VIEW "lead_deal_count" AS
SELECT "org_id", "lead_id", count(*)::int AS "count"
FROM "deal" WHERE "lead_id" IS NOT NULL GROUP BY "org_id", "lead_id";

CREATE VIEW "lead_activity_count" AS
SELECT "org_id", "lead_id", count(*)::int AS "count"
FROM "activity" WHERE "lead_id" IS NOT NULL GROUP BY "org_id", "lead_id";

CREATE VIEW "deal_activity_count" AS
SELECT "org_id", "deal_id", count(*)::int AS "count"
FROM "activity" WHERE "deal_id" IS NOT NULL GROUP BY "org_id", "deal_id";
