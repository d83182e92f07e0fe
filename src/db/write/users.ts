import { newId } from "../../lib/typeid.ts";
import type { Query } from "../open/query.ts";

/**
 * Users who will become members of an organization. They belong to no organization, and nothing about them is
 * revealed.
 */
export interface Users {
  /**
   * Finds the user with an address, or creates one.
   *
   * @param name of a new user
   * @param emailKey comparison key of the address
   * @returns the user's id
   */
  find(name: string, email: string, emailKey: string): Promise<string>;
}

/** @param query sends statements of constant text, whose plans are kept */
export const usersOf = (query: Query): Users => ({
  async find(name, email, emailKey) {
    await query(
      `INSERT INTO app_user (id, name, email, email_key, updated_at) VALUES ($1::uuid, $2, $3, $4, now())
       ON CONFLICT (email_key) DO NOTHING`,
      [newId(), name, email, emailKey],
    );
    const [user] = await query<{ id: string }>("SELECT id::text AS id FROM app_user WHERE email_key = $1", [
      emailKey,
    ]);
    if (user === undefined) throw new Error("the user who was created does not exist");
    return user.id;
  },
});
