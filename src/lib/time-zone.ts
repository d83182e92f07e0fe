import { Temporal } from "temporal-polyfill";

/** Whether a name is a time zone's, such as `Europe/Paris`. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
