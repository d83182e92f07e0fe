import { orderKey } from "../lib/accents.ts";
import { fold } from "../lib/fold.ts";
import { DAY, day, iso } from "./dice.ts";
import type { DemoWorld } from "./people.ts";
import * as words from "./words.ts";

/** Deals, activities and conversations of the contacts and leads of a demo organization. */

/** The columns of a contact or lead that its children are made from. */
type Parent = {
  readonly id: string;
  readonly name: string;
  readonly company: string | null;
  readonly owner_id: string | null;
};

/** The deals, as rows of their table. */
export function demoDeals(
  { dice, stamp }: DemoWorld,
  contacts: readonly Parent[],
  leads: readonly Parent[],
  count: number,
) {
  return Array.from({ length: count }, () => {
    const created = dice.moment(500);
    const onLead = dice.chance(0.1);
    const status = dice.pick(["OPEN", "WON", "LOST"] as const, 1.3);
    const parent = onLead ? dice.pick(leads) : dice.pick(contacts, 1.5);
    const name = `${parent.company ?? parent.name}: ${dice.pick(words.dealKinds)}`;
    const stage =
      status === "OPEN" ? dice.pick(words.stages) : status === "WON" ? "Closed won" : "Closed lost";
    return {
      ...stamp(created),
      id: dice.id(created),
      name,
      name_key: orderKey(fold(name)),
      stage_key: orderKey(fold(stage)),
      value: `${dice.whole(5, 4_000) * 50}.${dice.chance(0.2) ? "50" : "00"}`,
      currency: dice.pick(words.currencies, 2),
      stage,
      status,
      expected_close_on: dice.chance(0.8) ? day(created + dice.whole(10, 120) * DAY) : null,
      contact_id: onLead ? null : parent.id,
      lead_id: onLead ? parent.id : null,
      owner_id: parent.owner_id,
      version: 1,
    };
  });
}

/** The activities, as rows of their table. */
export function demoActivities(
  { dice, memberIds, stamp }: DemoWorld,
  contacts: readonly Parent[],
  leads: readonly Parent[],
  count: number,
) {
  return Array.from({ length: count }, (_, at) => {
    const occurred = dice.moment(400);
    const kind = dice.pick(["EMAIL", "CALL", "NOTE", "MEETING", "TASK", "SMS"] as const, 1.4);
    // One contact has far more than the others, as in real data.
    const contact = at < count / 30 ? contacts[0] : dice.pick(contacts, 1.3);
    const onLead = at >= count / 30 && dice.chance(0.1);
    return {
      ...stamp(occurred),
      id: dice.id(occurred),
      kind,
      occurred_at: iso(occurred),
      subject: dice.pick(words.subjects[kind]),
      body: dice.chance(0.3) ? dice.pick(words.notes) : null,
      duration_seconds: kind === "CALL" || kind === "MEETING" ? dice.whole(1, 60) * 30 : null,
      contact_id: onLead ? null : contact?.id,
      lead_id: onLead ? dice.pick(leads).id : null,
      deal_id: null,
      author_id: dice.pick(memberIds),
    };
  });
}

/** The conversations, as rows of their table. */
export function demoConversations({ dice, stamp }: DemoWorld, contacts: readonly Parent[], count: number) {
  return Array.from({ length: count }, (_, at) => {
    const last = dice.moment(200);
    const channel = dice.pick(["EMAIL", "SMS", "CHAT", "WHATSAPP", "LINKEDIN", "CALL"] as const, 1.4);
    return {
      ...stamp(last - dice.whole(0, 30) * DAY),
      id: dice.id(last),
      contact_id: dice.pick(contacts).id,
      channel,
      subject: dice.pick(words.subjects.EMAIL),
      url: `https://inbox.example/threads/${at + 1}`,
      last_message_at: iso(last),
    };
  });
}
