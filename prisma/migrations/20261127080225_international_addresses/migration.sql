-- Addresses at international domains are found as people see them, müller.example, beside their A-labels,
-- xn--mller-kva.example: rows that were written before get that text. New rows get it where they are written
-- (src/filter/language/email.ts). Nothing of the tables changes.

-- One label as people see it: RFC 3492. A label that is no encoding of anything stays as it is.
CREATE FUNCTION pg_temp.shown_label(label text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  encoded text := substr(label, 5);
  plain text := CASE WHEN encoded LIKE '%-%' THEN regexp_replace(encoded, '-[^-]*$', '') ELSE '' END;
  code_points int[] := (SELECT coalesce(array_agg(ascii(c) ORDER BY at), '{}') FROM regexp_split_to_table(plain, '') WITH ORDINALITY AS s (c, at) WHERE c <> '');
  place int := CASE WHEN encoded LIKE '%-%' THEN length(plain) + 2 ELSE 1 END;
  code bigint := 128; i bigint := 0; bias bigint := 72;
  before bigint; weight bigint; k bigint; threshold bigint; digit bigint; letter text; delta bigint; count bigint;
BEGIN
  IF label NOT LIKE 'xn--_%' THEN RETURN label; END IF;
  WHILE place <= length(encoded) LOOP
    before := i; weight := 1; k := 36;
    LOOP
      letter := substr(encoded, place, 1); place := place + 1;
      IF letter BETWEEN 'a' AND 'z' AND letter <> '' THEN digit := ascii(letter) - 97;
      ELSIF letter ~ '^[0-9]$' THEN digit := ascii(letter) - 22;
      ELSE RETURN label; END IF;
      i := i + digit * weight;
      threshold := least(26, greatest(1, k - bias));
      EXIT WHEN digit < threshold;
      weight := weight * (36 - threshold); k := k + 36;
    END LOOP;
    count := cardinality(code_points) + 1;
    delta := CASE WHEN before = 0 THEN (i - before) / 700 ELSE (i - before) / 2 END;
    delta := delta + delta / count;
    k := 0;
    WHILE delta > 455 LOOP delta := delta / 35; k := k + 36; END LOOP;
    bias := k + 36 * delta / (delta + 38);
    code := code + i / count; i := i % count;
    IF code > 1114111 OR code BETWEEN 55296 AND 57343 THEN RETURN label; END IF;
    code_points := code_points[:i::int] || code::int || code_points[i::int + 1:];
    i := i + 1;
  END LOOP;
  RETURN (SELECT string_agg(chr(c), '' ORDER BY at) FROM unnest(code_points) WITH ORDINALITY AS s (c, at));
EXCEPTION WHEN OTHERS THEN RETURN label;
END $$;

CREATE FUNCTION pg_temp.shown_address(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(address, '[^@]*$', '') || string_agg(replace(pg_temp.shown_label(label), 'ς', 'σ'), '.' ORDER BY at)
  FROM regexp_split_to_table(regexp_replace(address, '^.*@', ''), '\.') WITH ORDINALITY AS s (label, at)
$$;

UPDATE "contact" SET
  "keys" = "keys" || jsonb_build_object('email', pg_temp.shown_address("email_key")),
  "search_text" = concat_ws(E'\n', "name_key", "email_key", pg_temp.shown_address("email_key"), "company_key",
    nullif(btrim("phone_key", E'\n'), ''))
WHERE "email_key" LIKE '%xn--%' AND pg_temp.shown_address("email_key") <> "email_key";

UPDATE "lead" SET
  "keys" = "keys" || jsonb_build_object('email', pg_temp.shown_address("email_key")),
  "search_text" = concat_ws(E'\n', "name_key", "email_key", pg_temp.shown_address("email_key"), "company_key",
    nullif(btrim("phone_key", E'\n'), ''))
WHERE "email_key" LIKE '%xn--%' AND pg_temp.shown_address("email_key") <> "email_key";

DROP FUNCTION pg_temp.shown_address(text);
DROP FUNCTION pg_temp.shown_label(text);
