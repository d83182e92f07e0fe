/** SQL that writes a moment as JSON, whatever the session's settings: `"2026-06-29T22:46:01.1"` in UTC. */
export const momentSql = (value: string): string => `to_json(${value} AT TIME ZONE 'UTC')::text`;

/**
 * Converts a text from `momentSql` to the form of answers, `2026-06-29T22:46:01.100Z`. Makes no `Date`, because a page
 * has hundreds of moments.
 */
export function momentOf(json: string): string {
  const usual = json.length >= 21 && json.length <= 25 && json.charCodeAt(5) === DASH;
  return usual
    ? `${json.slice(1, 20)}.${json.slice(21, -1).padEnd(3, "0")}Z`
    : new Date(`${json.slice(1, -1)}Z`).toISOString();
}

const DASH = 45;
