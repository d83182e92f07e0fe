-- Searches and orders pass over accents (src/lib/accents.ts): rows that were written before get the text that is written
-- today. Their letters stand here as that rule has them, and not as the server's locale or its version of Unicode would.
-- What has no letter beyond ASCII stays as it is; running this again changes nothing.

-- Letters of several letters, ß and æ, and then all that are one, marks behind a letter before both.
CREATE FUNCTION pg_temp.plain(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF t !~ '[^\u0001-\u007f]' THEN RETURN t; END IF;
  t := regexp_replace(t, '([a-zªºß-öø-ɏɐ-ʯ\u0370-\u03ff\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2c7f\ua722-\ua7ff\uab30-\uab6f\ufb00-\ufb06\uff41-\uff5a])[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+', '\1', 'g');
  IF t ~ '[ßæþĳœǆǉǌǣǳǽᴭꟹﬀﬁﬂﬃﬄﬅﬆ]' THEN
    t := replace(t, 'ß', 'ss');
    t := replace(t, 'æ', 'ae');
    t := replace(t, 'þ', 'th');
    t := replace(t, 'ĳ', 'ij');
    t := replace(t, 'œ', 'oe');
    t := replace(t, 'ǆ', 'dz');
    t := replace(t, 'ǉ', 'lj');
    t := replace(t, 'ǌ', 'nj');
    t := replace(t, 'ǣ', 'ae');
    t := replace(t, 'ǳ', 'dz');
    t := replace(t, 'ǽ', 'ae');
    t := replace(t, 'ᴭ', 'ae');
    t := replace(t, 'ꟹ', 'oe');
    t := replace(t, 'ﬀ', 'ff');
    t := replace(t, 'ﬁ', 'fi');
    t := replace(t, 'ﬂ', 'fl');
    t := replace(t, 'ﬃ', 'ffi');
    t := replace(t, 'ﬄ', 'ffl');
    t := replace(t, 'ﬅ', 'st');
    t := replace(t, 'ﬆ', 'st');
  END IF;
  RETURN translate(t,
      'ªºàáâãäåçèéêëìíîïðñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľŀłńņňŋōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźż'
      'žſƀƒƙƚơưƴƶǎǐǒǔǖǘǚǜǝǟǡǥǧǩǫǭǯǰǵǹǻǿȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱȳȷɍɓɗəɨɵʉΐάέήίΰϊϋόύώϐϑϒϓϔϕϖϰϱϲϵёᴬᴮᴰᴱᴲ'
      'ᴳᴴᴵᴶᴷᴸᴹᴺᴼᴽᴾᴿᵀᵁᵂᵃᵄᵅᵆᵇᵈᵉᵊᵋᵌᵍᵏᵐᵑᵒᵓᵔᵕᵖᵗᵘᵙᵚᵛᵜᵝᵞᵟᵠᵡᵢᵣᵤᵥᵦᵧᵨᵩᵪᶛᶜᶝᶞᶟᶠᶡᶢᶣᶤᶥᶦᶧᶨᶩᶪᶫᶬᶭᶮᶯᶰᶱᶲᶳᶴᶵᶶᶷᶸᶹᶺᶻᶼᶽᶾ'
      'ᶿḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙẛạảấầẩẫậắằ'
      'ẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹἀἁἂἃἄἅἆἇἐἑἒἓἔἕἠἡἢἣἤἥἦἧἰἱἲἳἴἵἶἷὀὁὂὃὄὅὐὑὒὓὔὕὖὗὠὡὢὣὤὥὦὧὰὲ'
      'ὴὶὸὺὼᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾰᾱᾲᾳᾴᾶᾷῂῃῄῆῇῐῑῒῖῗῠῡῢῤῥῦῧῲῳῴῶῷⱼⱽꝰ꟱ꟲꟳꟴꟸꭜꭝꭞꭟꭩａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓ'
      'ｔｕｖｗｘｙｚ',
      'aoaaaaaaceeeeiiiidnoooooouuuuyyaaaccccddeeeeegggghhiiiiijklllllnnnnooorrrsssstttuuuuuuwyzz'
      'zsbfklouyzaiouuuuueaaggkooʒjgnaoaaeeiioorruusthaeooooyjrbdeiouιαεηιυιυουωβθυυυφπκρςεеabdee'
      'ghijklmnoȣprtuwaɐɑᴂbdeeɛɜgkmnoɔᴖᴗptuᴝɯvᴥβγδφχiruvβγρφχɒcɕdɜfɟɡɥiɩɪᵻʝɭᶅʟɱɰɲɳɴoɸʂʃƫuʊᴜʋʌzʐʑʒ'
      'θabbbcdddddeeeeefghhhhhiikkkllllmmmnnnnoooopprrrrsssssttttuuuuuvvwwwwwxxyzzzhtwysaaaaaaaaa'
      'aaaeeeeeeeeiioooooooooooouuuuuuuyyyyααααααααεεεεεεηηηηηηηηιιιιιιιιοοοοοουυυυυυυυωωωωωωωωαε'
      'ηιουωααααααααηηηηηηηηωωωωωωωωαααααααηηηηηιιιιιυυυρρυυωωωωωjvꝯscfqhꜧꬷɫꭒʍabcdefghijklmnopqrs'
      'tuvwxyz');
END $$;

CREATE FUNCTION pg_temp.order_key(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  without text := pg_temp.plain(t);
BEGIN
  RETURN CASE WHEN without = t OR position(chr(1) IN t) > 0 THEN t ELSE without || chr(1) || t END;
END $$;

-- Whether some of these texts have accents, and none is an order key yet.
CREATE FUNCTION pg_temp.is_due(VARIADIC texts text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_temp.plain(t) <> t AND position(chr(1) IN t) = 0 FROM array_to_string(texts, ' ') AS t
$$;

-- Those of some lines that have accents, without them.
CREATE FUNCTION pg_temp.plain_lines(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg(pg_temp.plain(line), E'\n' ORDER BY place)
  FROM regexp_split_to_table(t, E'\n') WITH ORDINALITY AS s (line, place) WHERE pg_temp.plain(line) <> line
$$;

UPDATE "contact" SET
  "name_key" = pg_temp.order_key("name_key"),
  "company_key" = pg_temp.order_key("company_key"),
  "source_key" = pg_temp.order_key("source_key"),
  "text_1" = pg_temp.order_key("text_1"),
  "text_2" = pg_temp.order_key("text_2"),
  "text_3" = pg_temp.order_key("text_3"),
  "text_4" = pg_temp.order_key("text_4"),
  "text_5" = pg_temp.order_key("text_5"),
  "text_6" = pg_temp.order_key("text_6"),
  "text_7" = pg_temp.order_key("text_7"),
  "text_8" = pg_temp.order_key("text_8"),
  "keys" = "keys" || jsonb_strip_nulls(jsonb_build_object('emailPlain', pg_temp.plain_lines(
    concat_ws(E'\n', "email_key", "keys" ->> 'email', nullif(btrim("keys" ->> 'otherEmails', E'\n'), ''))))),
  "search_text" = concat_ws(E'\n', "search_text", pg_temp.plain_lines("search_text"))
WHERE pg_temp.is_due("name_key", "search_text", "company_key", "source_key",
    "text_1", "text_2", "text_3", "text_4", "text_5", "text_6", "text_7", "text_8")
  AND NOT "keys" ? 'emailPlain';

UPDATE "lead" SET
  "name_key" = pg_temp.order_key("name_key"),
  "company_key" = pg_temp.order_key("company_key"),
  "source_key" = pg_temp.order_key("source_key"),
  "text_1" = pg_temp.order_key("text_1"),
  "text_2" = pg_temp.order_key("text_2"),
  "text_3" = pg_temp.order_key("text_3"),
  "text_4" = pg_temp.order_key("text_4"),
  "text_5" = pg_temp.order_key("text_5"),
  "text_6" = pg_temp.order_key("text_6"),
  "text_7" = pg_temp.order_key("text_7"),
  "text_8" = pg_temp.order_key("text_8"),
  "keys" = "keys" || jsonb_strip_nulls(jsonb_build_object('emailPlain', pg_temp.plain_lines(
    concat_ws(E'\n', "email_key", "keys" ->> 'email', nullif(btrim("keys" ->> 'otherEmails', E'\n'), ''))))),
  "search_text" = concat_ws(E'\n', "search_text", pg_temp.plain_lines("search_text"))
WHERE pg_temp.is_due("name_key", "search_text", "company_key", "source_key",
    "text_1", "text_2", "text_3", "text_4", "text_5", "text_6", "text_7", "text_8")
  AND NOT "keys" ? 'emailPlain';

UPDATE "deal" SET "name_key" = pg_temp.order_key("name_key"), "stage_key" = pg_temp.order_key("stage_key")
WHERE pg_temp.is_due("name_key", "stage_key");

UPDATE "tag" SET "name_key" = pg_temp.order_key("name_key") WHERE pg_temp.is_due("name_key");

DROP FUNCTION pg_temp.plain_lines(text);
DROP FUNCTION pg_temp.is_due(text[]);
DROP FUNCTION pg_temp.order_key(text);
DROP FUNCTION pg_temp.plain(text);
