/** What every change of a contact or lead writes beside its own columns. */
export interface Stamp {
  readonly now: Date;
  readonly source: string;
}
