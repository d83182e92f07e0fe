/** What every change of a contact or lead writes besides the changed columns. */
export interface Stamp {
  readonly now: Date;
  readonly source: string;
}
