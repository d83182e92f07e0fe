import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { Organization } from "../support/makers.ts";

/** A small organization in which every kind of record is, and a member who sees a part of it. */
export async function plantWorld() {
  const organization = await Organization.make();
  const member = await organization.member({ dataScope: "ASSIGNED" });
  await organization.customField({ slug: "industry", type: "SELECT", options: ["Retail"], slot: "text1" });
  await organization.customField({ slug: "score", type: "NUMBER" });
  const contacts = [];
  for (const [at, name] of ["Ann", "Bob", "Cleo"].entries())
    contacts.push(
      await organization.contact({
        name,
        tags: ["vip"],
        custom: { industry: "Retail", score: at },
        source: "Web",
        ...(at > 0 && { ownerId: member.id, email: `${name.toLowerCase()}@example.com` }),
      }),
    );
  const [ann, bob] = contacts;
  const lead = await organization.lead({ name: "Lea", ownerId: member.id });
  const deal = await organization.deal({
    contactId: ann?.id,
    leadId: lead.id,
    expectedCloseOn: new Date("2024-02-29"),
  });
  await organization.deal({ contactId: bob?.id, name: `"O'Neil" \\ 🙂` });
  for (let at = 0; at < 3; at += 1)
    await organization.activity({ contactId: ann?.id, dealId: deal.id, subject: `Call ${at}` });
  await organization.activity({ contactId: bob?.id, authorId: member.id });
  await organization.conversation({ contactId: ann?.id, subject: "Hello" });
  const foreign = await (await Organization.make()).contact({ name: "Foreign" });
  return {
    organization,
    member,
    contacts,
    /** Of records that are there, of one that is another organization's, and of none. */
    ids: [
      ann?.globalId ?? "",
      bob?.globalId ?? "",
      lead.globalId,
      deal.globalId,
      encodeId("Tag", await organization.tag("vip")),
      member.globalId,
      foreign.globalId,
      organization.globalId,
      encodeId("Contact", newId()),
    ],
  };
}
