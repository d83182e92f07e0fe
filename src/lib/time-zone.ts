import { Temporal } from "temporal-polyfill";

/** Whether a time zone has this name, such as `Europe/Paris`. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
