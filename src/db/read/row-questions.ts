import type { CustomFieldEntity } from "../../generated/prisma/enums.ts";
import { columnOf } from "../prisma/columns.ts";
import type { Statement } from "../prisma/statement.ts";
import type { Principal } from "../scope/scope.ts";
import { assignedSql } from "../scope/sql.ts";
import { definitionsSql } from "./catalogue.ts";
import { type ChildQuestion, type ChildText, childSql, type Parameter, ROW_END } from "./children.ts";

/** Questions about each row of a statement, which are answered in the same statement. */
export type RowQuestion = ChildQuestion | TagQuestion | MemberQuestion | DefinitionsQuestion;

/** The tags of a row: their texts, separated by ROW_END. */
interface TagQuestion {
  readonly kind: "tags";
  readonly text: ChildText;
}

/** The member that a column of the row points to, as JSON. */
interface MemberQuestion {
  readonly kind: "member";
  readonly column: "ownerId";
}

/** The custom fields of an entity, as JSON; only the first row has the answer. */
interface DefinitionsQuestion {
  readonly kind: "definitions";
  readonly entity: CustomFieldEntity;
}

/** Columns of the answers: `answer0`, `answer1` and so on. */
export const answerColumn = (at: number): string => `answer${at}`;

/** A row as a text, instead of its columns. */
export interface RowText {
  readonly text: ChildText;
  /** Prisma names of the columns that are returned with it. */
  readonly columns: readonly string[];
}

/** Column of the text. */
export const TEXT_COLUMN = "row_text";

/** SQL of what is returned of the rows of `child`. */
const shownSql = ({ text, columns }: RowText, isCounted: boolean): string =>
  [
    `${text.sql} AS ${TEXT_COLUMN}`,
    ...columns.map((column) => `child.${columnOf(column)}`),
    ...(isCounted ? ["child.all_rows"] : []),
  ].join(", ");

/** SQL of a limit that is in the text; nothing for null. */
const atMost = (limit: number | null): string => (limit === null ? "" : ` LIMIT ${limit}`);

/** A statement's rows as texts. @param limit at least as many as there are rows; null if that is not known */
export const withTexts = (
  { text, values }: Statement,
  limit: number | null,
  rowText: RowText,
  isCounted: boolean,
): Statement => ({
  text: `SELECT ${shownSql(rowText, isCounted)} FROM (${text}) AS child${atMost(limit)}`,
  values,
});

/**
 * A statement's rows with the answers to questions about each of them. Answers contain only what the principal may see.
 *
 * @param page gives the rows, with the column `id` and those that the questions use
 * @param rowText the rows as texts; as their columns if undefined
 * @param upTo how many of the first rows are asked about; the others have no answers
 * @param limit at least as many as there are rows; null if that is not known
 */
export function withAnswers(
  page: Statement,
  questions: readonly RowQuestion[],
  upTo: number,
  limit: number | null,
  principal: Principal,
  rowText: RowText | undefined,
  isCounted: boolean,
): Statement {
  const values = [...page.values];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const orgId = `${parameter(principal.orgId)}::uuid`;
  // Parameters are made when they are used: PostgreSQL refuses others.
  let most: string | undefined;
  const asked = () => {
    most ??= parameter(upTo);
    return `page.row_place <= ${most}`;
  };
  let member: string | undefined;
  const memberId = () => {
    member ??= parameter(principal.memberId);
    return member;
  };
  const answerSql = (question: RowQuestion): string => {
    switch (question.kind) {
      case "page":
      case "count": {
        const { model, table } = question.table;
        const limit = assignedSql(model, table, principal, orgId, memberId);
        return childSql(
          question,
          "page.id",
          orgId,
          `${limit === null ? "" : ` AND ${limit}`} AND ${asked()}`,
          parameter,
        );
      }
      case "tags": {
        const columns = new Set(["id", ...question.text.columns.map(columnOf)]);
        return `SELECT string_agg(${question.text.sql}, E'\\x${ROW_END.charCodeAt(0).toString(16)}') AS value FROM (
    SELECT ${[...columns].join(", ")} FROM tag WHERE org_id = ${orgId} AND id = ANY(page.tag_ids) AND ${asked()}
  ) AS child`;
      }
      case "member":
        return `SELECT (SELECT json_build_array(m.id, coalesce(m.name, u.name), coalesce(m.email, u.email), m.role, m.data_scope,
    m.version, m.created_at AT TIME ZONE 'UTC', m.removed_at AT TIME ZONE 'UTC')::text
  FROM member AS m JOIN app_user AS u ON u.id = m.user_id
  WHERE m.org_id = ${orgId} AND m.id = page.${columnOf(question.column)} AND ${asked()}) AS value`;
      case "definitions":
        return `SELECT CASE WHEN page.row_place = 1 THEN (${definitionsSql(orgId, `${parameter(question.entity)}::text`)})::text END AS value`;
    }
  };
  const answers = questions.map(
    (question, at) => `CROSS JOIN LATERAL (${answerSql(question)}) AS asked${at}`,
  );
  const columns = questions.map((_, at) => `asked${at}.value AS ${answerColumn(at)}`);
  const shown = rowText
    ? `CROSS JOIN LATERAL (SELECT ${shownSql(rowText, isCounted)} FROM (SELECT page.*) AS child) AS shown`
    : "";
  return {
    text: `WITH page AS MATERIALIZED (SELECT row_number() OVER ()::int AS row_place, found.* FROM (${page.text}) AS found${atMost(limit)})
SELECT ${columns.join(", ")}, ${rowText ? "shown" : "page"}.* FROM page
${answers.join("\n")}
${shown}
ORDER BY page.row_place`,
    values,
  };
}
