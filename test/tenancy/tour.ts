import { tokenVerifier, type VerifyToken } from "../../src/auth/token.ts";
import { testDatabase } from "../support/database.ts";
import { Provider } from "../support/provider.ts";
import { type Caller, callersOf } from "./callers.ts";
import { type Cast, castOf, type Given, type Inventory, inventoryOf } from "./cast.ts";
import { Doors, loadProduct, type Product } from "./doors.ts";
import type { Leak } from "./leak.ts";
import { Operations } from "./operations.ts";
import { organizationsOf, Rows } from "./rows.ts";
import { type Known, knownTo, secretsOf } from "./secrets.ts";
import { plantTwin } from "./twins.ts";
import { Values } from "./values.ts";
import { Walker, type Walking } from "./walker.ts";
import { plantWorld, type World } from "./world.ts";

/** Everything that a walk needs: the test organizations, their callers, and what each caller may learn. */

export interface Walk extends Walking {
  readonly cast: Cast;
}

export interface Scene {
  readonly world: World;
  readonly callers: readonly Walk[];
  readonly secrets: ReadonlyMap<string, string>;
  readonly rows: Rows;
  readonly inventory: Inventory;
  readonly verifyToken: VerifyToken;
  readonly stop: () => Promise<void>;
}

export async function setScene(): Promise<Scene> {
  const world = await plantWorld();
  const provider = await Provider.start();
  const verifyToken = tokenVerifier(provider.config);
  const token = await provider.token({ sub: await provider.knows(world.both.userId) });
  const organizations = organizationsOf(world);
  const doors = await Doors.of(await loadProduct(), verifyToken);
  const callers = callersOf(world, token);
  const known = new Map<Caller, Known>();
  for (const caller of callers) known.set(caller, await knownTo(caller.asker));
  const secrets = await secretsOf(organizations);
  const inventory = await inventoryOf(organizations);
  const walks: Walk[] = [];
  for (const caller of callers) {
    const { asker } = caller;
    const knows = known.get(caller) as Known;
    const cast = castOf(caller, knows, world, inventory, await givenTo(caller, world, doors));
    const twin = asker?.dataScope === "ASSIGNED" ? await plantTwin(asker) : null;
    walks.push({ caller, known: knows, twin, cast });
  }
  const twins = walks.flatMap(({ twin }) => twin?.orgId ?? []);
  const rows = await Rows.of([...organizations, ...twins]);
  return { world, callers: walks, secrets, rows, inventory, verifyToken, stop: () => provider.stop() };
}

/** A walker in a scene. @param product the product's modules, with or without a fault */
export async function walkerIn(
  { rows, secrets, verifyToken }: Scene,
  product: Product,
  onLeak: (leak: Leak) => void,
): Promise<{ walker: Walker; doors: Doors }> {
  const doors = await Doors.of(product, verifyToken);
  return { doors, walker: new Walker(doors, rows, secrets, onLeak) };
}

export const operationsOf = ({ cast }: Walk, everywhere: boolean): Operations =>
  new Operations(new Values(cast, everywhere));

/** Cursors, plan tokens and idempotency keys: of the caller, of a colleague who sees more, of another organization. */
async function givenTo({ headers, planted, asker }: Caller, world: World, doors: Doors): Promise<Given> {
  const other = planted === world.ours ? world.theirs : world.ours;
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const who = {
    ...(asker && { own: headers }),
    hidden: bearer(planted.organization.key),
    foreign: bearer(other.organization.key),
  };
  const ask = async (of: Caller["headers"], query: string) =>
    JSON.parse((await doors.ask(of, { query, variables: {} })).body) as {
      data?: Record<string, never> | null;
    };
  const cursors: Record<string, string> = {};
  const planTokens: Record<string, string> = {};
  const idempotencyKeys: Record<string, string> = {};
  for (const [part, of] of Object.entries(who)) {
    const page = await ask(of, "{ contacts(first: 1) { pageInfo { endCursor } } }");
    const { endCursor } =
      (page.data as { contacts?: { pageInfo: { endCursor?: string } } } | null)?.contacts?.pageInfo ?? {};
    if (endCursor) cursors[part] = endCursor;
    const {
      records: { member: records },
      organization: { id: orgId },
    } = part === "foreign" ? other : planted;
    const plan = await ask(
      of,
      `mutation { contactsBulkUpdate(filter: { id: { eq: "${records.contact.globalId}" } }, input: { title: "walked" }, dryRun: true) { planToken } }`,
    );
    const { planToken } =
      (plan.data as { contactsBulkUpdate?: { planToken?: string } } | null)?.contactsBulkUpdate ?? {};
    if (planToken) planTokens[part] = planToken;
    const key = await idempotencyKeyOf(part, asker?.credentialId ?? orgId, orgId);
    if (key !== null) idempotencyKeys[part] = key;
  }
  return { cursors, planTokens, idempotencyKeys };
}

/** The last idempotency key of a credential. */
async function idempotencyKeyOf(part: string, credentialId: string, orgId: string): Promise<string | null> {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ key: string }>(
    `SELECT key FROM idempotency_key WHERE org_id = $1 AND (caller_id = $2) = $3 ORDER BY created_at DESC LIMIT 1`,
    [orgId, credentialId, part === "own"],
  );
  return rows[0]?.key ?? null;
}
