import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createServer } from "../../src/server/server.ts";
import { type Breakable, breakable, cuts } from "../support/faults.ts";
import { Organization } from "../support/makers.ts";
import { type OwnDatabase, ownDatabase } from "../support/own-database.ts";

/** Reads whose connection breaks are sent once more on another one; writes never are. */

const silent = pino({ level: "silent" });

const sender = (database: Breakable["database"], key: string) => {
  const yoga = createServer({
    database,
    logger: silent,
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 1_048_576,
    graphiql: null,
  });
  return async (query: string) => {
    const response = await yoga.fetch("http://test/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
};

const list =
  "{ contacts(first: 2) { totalCount nodes { name deals(first: 2) { nodes { name } } } } tags { name } }";

describe.each(cuts())("connections that are %s", (how) => {
  let organization: Organization;
  beforeEach(async () => {
    organization = await Organization.make();
    const { id } = await organization.contact({ name: "Ann", tags: ["vip"] });
    await organization.deal({ contactId: id, name: "First" });
    await (await Organization.make()).contact({ name: "Another's" });
  });

  test("cost a query nothing but a statement, at whichever of its statements and however it is read", async () => {
    const broken = await breakable();
    const ask = sender(broken.database, organization.key);
    const answer = await ask(list);
    expect(answer).toMatchObject({ status: 200, data: { contacts: { totalCount: 1 } } });
    let cut = 0;
    // Asked as it was the first time, prepared, and with names of kept plans.
    for (let round = 0; round < 3; round += 1) {
      for (let statement = 1; statement < 20; statement += 1) {
        const before = broken.database.readsAgain.count;
        const wasCut = broken.cutAt(how, statement);
        expect(await ask(list)).toEqual(answer);
        if (!wasCut()) break;
        cut += 1;
        expect(broken.database.readsAgain.count).toBeGreaterThan(before);
      }
    }
    broken.cutAt(how, /^no statement$/);
    expect(cut).toBeGreaterThanOrEqual(9);
  });

  test("fail a read that breaks a second time: it is not sent a third time", async () => {
    const broken = await breakable();
    const ask = sender(broken.database, organization.key);
    await ask("{ tags { name } }");
    const before = broken.database.readsAgain.count;
    const cutAgain = () => {
      const wasCut = broken.cutAt(how, /tag/);
      const wait = setInterval(() => {
        if (!wasCut()) return;
        clearInterval(wait);
        broken.cutAt(how, /tag/);
      }, 0);
      return () => clearInterval(wait);
    };
    const stop = cutAgain();
    const answer = await ask("{ tags { name } }");
    stop();
    broken.cutAt(how, /^no statement$/);
    expect([answer.status, broken.database.readsAgain.count - before]).toEqual([503, 1]);
  });

  test("fail a write, which is not sent again", async () => {
    const broken = await breakable();
    const ask = sender(broken.database, organization.key);
    for (const statement of [/^BEGIN/, /INSERT INTO/]) {
      const wasCut = broken.cutAt(how, statement);
      const create = `mutation { tagCreate(input: { name: "new" }) { tag { name } errors { code } } }`;
      expect(await ask(create)).toMatchObject({ status: 503 });
      expect(wasCut()).toBe(true);
    }
    broken.cutAt(how, /^no statement$/);
    expect(await ask("{ tags { name } }")).toMatchObject({ data: { tags: [{ name: "vip" }] } });
  });
});

describe.skipIf(inject("databaseUrl") === null)("kept plans on PostgreSQL", () => {
  let own: OwnDatabase;
  let ask: ReturnType<typeof sender>;
  beforeAll(async () => {
    own = await ownDatabase({ prepareAfter: 0 }, { poolSize: 1 });
    ask = sender(own.database, own.key);
  });
  afterAll(() => own?.close());

  const named = async () => {
    const { rows } = await own.database.pool.query(
      "SELECT count(*)::int AS count FROM pg_prepared_statements WHERE name LIKE 'r\\_%'",
    );
    return rows[0]?.count as number;
  };

  test("that no longer fit their tables are made anew, for reads and for writes, and nobody is told", async () => {
    const create = (name: string) =>
      ask(
        `mutation { contactCreate(input: { name: "${name}", email: "${name}@example.com" }) { contact { id } } }`,
      );
    const update = async (title: string) =>
      ask(
        `mutation { contactUpdate(id: "${id}", input: { title: "${title}" }) { contact { title } errors { code } } }`,
      );
    const { data } = (await create("ann")) as unknown as {
      data: { contactCreate: { contact: { id: string } } };
    };
    const { id } = data.contactCreate.contact;
    // Groups are not written by PostgreSQL, so that this reads columns. The plan of a text fits any type of them.
    const columns = "{ contacts(first: 1) { edges { matchedGroups node { title company } } } }";
    for (let at = 0; at < 3; at += 1) {
      expect(await ask(columns)).toMatchObject({ status: 200 });
      expect(await update(`t${at}`)).toMatchObject({ status: 200 });
    }
    expect(await named()).toBeGreaterThan(1);
    const before = own.database.readsAgain.count;
    for (const type of ["varchar(300)", "text"]) {
      await own.database.pool.query(`ALTER TABLE contact ALTER COLUMN title TYPE ${type}`);
      expect(await update(type)).toMatchObject({
        status: 200,
        data: { contactUpdate: { contact: { title: type }, errors: [] } },
      });
      await own.database.pool.query(
        `ALTER TABLE contact ALTER COLUMN title TYPE ${type === "text" ? "varchar(301)" : "text"}`,
      );
      expect(await ask(columns)).toMatchObject({
        status: 200,
        data: { contacts: { edges: [{ node: { title: type } }] } },
      });
    }
    expect(own.database.readsAgain.count).toBeGreaterThan(before);
  });

  test("that are not there any more, as behind a pooler, are sent without a name", async () => {
    expect(await ask("{ contacts(first: 1) { nodes { title } } }")).toMatchObject({ status: 200 });
    for (let at = 0; at < 3; at += 1) await ask("{ contacts(first: 1) { nodes { title } } }");
    expect(await named()).toBeGreaterThan(0);
    const before = own.database.readsAgain.count;
    await own.database.pool.query("DEALLOCATE ALL");
    expect(await ask("{ contacts(first: 1) { nodes { title } } }")).toMatchObject({ status: 200 });
    expect(own.database.readsAgain.count).toBeGreaterThan(before);
  });
});
