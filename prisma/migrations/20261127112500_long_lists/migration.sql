-- The members of arrays as rows, so that a long list is compared with them by a hash: && compares each with each, and is
-- taken for true of most rows by the planner, which then reads all of them in the order of the page.
CREATE VIEW "contact_facet" AS
SELECT "org_id", "id" AS "contact_id", unnest("facets") AS "facet" FROM "contact";

CREATE VIEW "contact_phone" AS
SELECT "org_id", "id" AS "contact_id", unnest("phone_numbers") AS "phone" FROM "contact";

CREATE VIEW "lead_facet" AS
SELECT "org_id", "id" AS "lead_id", unnest("facets") AS "facet" FROM "lead";
