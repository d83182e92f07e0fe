/** Days for which a record can be restored from the trash. */
export const TRASH_DAYS = 30;

/** When a record will be purged; null if it is not in the trash, or was merged. */
export const purgeAt = ({ deletedAt }: { readonly deletedAt: Date | null }): Date | null =>
  deletedAt === null ? null : new Date(deletedAt.getTime() + TRASH_DAYS * 86_400_000);
