/** Smart lists and custom values of a demo organization. */

interface List {
  readonly name: string;
  readonly query: object;
  readonly order?: readonly object[];
  readonly columns: readonly string[];
}

const condition = (field: string, op: string, value?: unknown) => ({
  field,
  op,
  ...(value !== undefined && { value }),
});
const query = (...groups: object[][]) => ({ groups: groups.map((conditions) => ({ conditions })) });

export const demoLists: readonly List[] = [
  {
    name: "Hot: replied, in technology",
    query: query(
      [condition("tags", "CONTAINS", "replied-interested"), condition("custom.industry", "EQ", "Technology")],
      [condition("created_at", "GTE", "2026-01-01T00:00:00Z"), condition("company", "CONTAINS", "corp")],
    ),
    order: [{ field: "createdAt", direction: "DESC" }],
    columns: ["name", "email", "company", "tags"],
  },
  {
    name: "Callable, never called",
    query: query([
      condition("allowPhoneCalls", "EQ", true),
      condition("dnc", "EQ", false),
      condition("callCount", "EQ", 0),
    ]),
    order: [{ field: "name" }],
    columns: ["name", "phone", "company"],
  },
  {
    name: "Customers with something open, not called this month",
    query: query([
      condition("deals.status", "EQ", "WON"),
      condition("deals.status", "EQ", "OPEN"),
      condition("lastCallAt", "OLDER_THAN", "P30D"),
    ]),
    order: [{ field: "lastCallAt", direction: "DESC", nulls: "LAST" }],
    columns: ["name", "company", "owner", "lastCallAt"],
  },
  {
    name: "Without an e-mail address",
    query: query([condition("email", "IS_EMPTY")]),
    columns: ["name", "phone", "owner"],
  },
];

export const demoValues: Readonly<Record<string, string>> = {
  booking_link: "https://calendar.example/book",
  sender: "Olivia",
  signature: "Best regards, Olivia",
};
