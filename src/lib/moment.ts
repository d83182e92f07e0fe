/**
 * A moment as PostgreSQL writes it in a session in UTC, `2026-06-29 22:46:01.1+00`, as answers have it,
 * `2026-06-29T22:46:01.100Z`. By hand, because a page has hundreds of them.
 */
export function isoMoment(text: string): string {
  const fraction = text.slice(20, -3);
  const usual =
    text.length >= 22 && text.length <= 26 && text.endsWith("+00")
      ? text.charCodeAt(4) === DASH && text.charCodeAt(10) === SPACE
      : false;
  return usual
    ? `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(3, "0")}Z`
    : new Date(text).toISOString();
}

const DASH = 45;
const SPACE = 32;
