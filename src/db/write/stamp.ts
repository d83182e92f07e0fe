/** What every change of a contact or lead writes besides its own columns. */
export interface Stamp {
  readonly now: Date;
  readonly source: string;
}
