import { decodeId } from "../../db/ids.ts";
import type { MemberProfile } from "../../db/scope/members.ts";
import { emailKey } from "../../lib/email.ts";
import { quote, type Refusal } from "../../lib/errors.ts";
import { fold } from "../../lib/fold.ts";
import { applyOwner } from "../../records/owner.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { ImportRow } from "./row.ts";
import type { ImportValues } from "./values.ts";

/** The owners that the rows of a batch name. */

/** The owner of a row; without `ownerId` the record's owner stays. */
interface RowOwner {
  readonly ownerId?: string | null;
  readonly refusals: readonly Refusal[];
  /** Why the named owner is not used. */
  readonly unknown: string | null;
}

const noOwner: RowOwner = { refusals: [], unknown: null };

/** The members that rows name, by id in inputs and by id, address or name in a file. Each is looked up once. */
export class Owners {
  readonly #byId: ReadonlyMap<string, RowOwner>;
  readonly #byText: ReadonlyMap<string, RowOwner>;

  private constructor(byId: ReadonlyMap<string, RowOwner>, byText: ReadonlyMap<string, RowOwner>) {
    this.#byId = byId;
    this.#byText = byText;
  }

  /** One statement for each owner, one for all names and addresses; none if no row names an owner. */
  static async of({ tx, caller }: Writer, rows: readonly ImportRow[]): Promise<Owners> {
    const byId = new Map<string, RowOwner>();
    for (const id of new Set(rows.flatMap(({ input }) => input?.ownerId ?? []))) {
      byId.set(id, { ...(await applyOwner(caller, tx, undefined, id)), unknown: null });
    }
    const texts = new Set(rows.flatMap(({ input }) => input?.owner ?? []));
    const members = new Members(texts.size === 0 ? [] : await tx.members(null));
    const { dataScope, memberId } = caller.viewer;
    const byText = new Map<string, RowOwner>();
    for (const text of texts) {
      const found = members.find(text);
      const [id] = found;
      const here = id !== undefined && found.length === 1 ? await tx.lock.member(id) : true;
      byText.set(text, ownerByText(text, here ? found : [], dataScope === "ASSIGNED" ? memberId : null));
    }
    return new Owners(byId, byText);
  }

  /** @returns for a restricted member, only the member itself */
  find({ ownerId, owner }: ImportValues): RowOwner {
    if (ownerId != null) return this.#byId.get(ownerId) ?? noOwner;
    return owner == null ? noOwner : (this.#byText.get(owner) ?? noOwner);
  }
}

/** @param only the member that a restricted caller can assign records to */
function ownerByText(text: string, [id, ...others]: readonly string[], only: string | null): RowOwner {
  if (id === undefined) {
    return { refusals: [], unknown: `${quote(text)} is no member's e-mail address, name or id` };
  }
  if (others.length > 0) return { refusals: [], unknown: `several members are called ${quote(text)}` };
  if (only !== null && id !== only) {
    const message = "a member restricted to assigned data can assign records to themselves only";
    return { refusals: [], unknown: message };
  }
  return { ownerId: id, refusals: [], unknown: null };
}

/** The organization's members, by id, address and name. */
class Members {
  readonly #ids = new Map<string, string[]>();

  constructor(members: readonly MemberProfile[]) {
    for (const { id, name, email } of members) {
      const address = emailKey(email);
      for (const key of [
        `id ${id}`,
        `name ${fold(name.trim())}`,
        ...(address === null ? [] : [`email ${address}`]),
      ]) {
        this.#ids.set(key, [...(this.#ids.get(key) ?? []), id]);
      }
    }
  }

  /** Ids of the members that a text names: by id, otherwise by address, otherwise by name. */
  find(text: string): readonly string[] {
    const decoded = decodeId(text.trim());
    const address = emailKey(text);
    const keys = [
      decoded?.type === "Member" ? `id ${decoded.uuid}` : null,
      address === null ? null : `email ${address}`,
      `name ${fold(text.trim())}`,
    ];
    return (
      keys.flatMap((key) => (key === null ? [] : [this.#ids.get(key) ?? []])).find((ids) => ids.length > 0) ??
      []
    );
  }
}
