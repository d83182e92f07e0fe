import { longTextColumn, textColumn } from "../../records/columns.ts";
import { key } from "./contact.column.ts";

/** The columns of a contact's postal address, which form one object in inputs and answers. */
export const addressColumns = {
  street: {
    description: "Street and number.",
    within: "address",
    ...longTextColumn(200, "Street and number, at most 200 characters."),
    filter: key("street", "Street and number.", ["address.street"]),
    merge: { as: "ADDRESS", description: "The whole postal address." },
    import: { as: "STREET", headings: ["street", "address", "street address"] },
    tokens: ["street"],
    personal: true,
  },
  city: {
    description: "City.",
    within: "address",
    ...textColumn(200, "City, at most 200 characters."),
    filter: key("city", "The city.", ["address.city"]),
    merge: { as: "ADDRESS" },
    import: { as: "CITY", headings: ["city", "town"] },
    tokens: ["city"],
    personal: true,
  },
  state: {
    description: "State or province.",
    within: "address",
    ...textColumn(200, "State or province, at most 200 characters."),
    filter: key("state", "State or province.", ["address.state"]),
    merge: { as: "ADDRESS" },
    import: { as: "STATE", headings: ["state", "province", "region"] },
    tokens: ["state"],
    personal: true,
  },
  zip: {
    description: "Postal code.",
    within: "address",
    ...textColumn(20, "Postal code, at most 20 characters."),
    filter: key("zip", "Postal code.", ["address.zip"]),
    merge: { as: "ADDRESS" },
    import: { as: "ZIP", headings: ["zip", "zip code", "postal code", "postcode"] },
    tokens: ["zip"],
    personal: true,
  },
  country: {
    description: "Country.",
    within: "address",
    ...textColumn(200, "Country, at most 200 characters."),
    filter: key("country", "The country.", ["address.country"]),
    merge: { as: "ADDRESS" },
    import: { as: "COUNTRY", headings: ["country"] },
    tokens: ["country"],
    personal: true,
  },
} as const;
