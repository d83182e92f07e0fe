import type { Definition } from "../filter/registry/fields.ts";

/** The names and texts that the demo organizations are made of. */

export const people = [
  { name: "Ada Lindqvist", role: "OWNER", dataScope: "ALL" },
  { name: "Benedikt Okafor", role: "ADMIN", dataScope: "ALL" },
  { name: "Chloé Marchetti", role: "MEMBER", dataScope: "ALL" },
  { name: "Dev Raman", role: "MEMBER", dataScope: "ASSIGNED" },
  { name: "Emi Tanaka", role: "MEMBER", dataScope: "ASSIGNED" },
  { name: "Farah Haddad", role: "READ_ONLY", dataScope: "ALL" },
] as const;

export const tags = [
  ["newsletter", "#4c6ef5"],
  ["replied-interested", "#2f9e44"],
  ["webinar-2026", "#1098ad"],
  ["enterprise", "#5f3dc4"],
  ["decision-maker", "#d9480f"],
  ["vip", "#e8590c"],
  ["cold", "#868e96"],
  ["warm", "#f59f00"],
  ["hot", "#e03131"],
  ["partner", "#0b7285"],
  ["customer", "#2b8a3e"],
  ["churn-risk", "#c92a2a"],
  ["referral", "#364fc7"],
  ["trade-show", "#862e9c"],
  ["trial", "#087f5b"],
  ["no-budget", "#495057"],
  ["follow-up", "#e67700"],
  ["champion", "#9c36b5"],
  ["technical", "#1864ab"],
  ["procurement", "#5c940d"],
  ["replied-later", "#99e9f2"],
  ["replied-no", "#ffa8a8"],
  ["press", "#f783ac"],
  ["investor", "#845ef7"],
  ["alumni", "#20c997"],
] as const;

export const folders = ["Company", "Relationship"] as const;

type Field = Pick<Definition, "entity" | "slug" | "name" | "type" | "options" | "slot"> & {
  folder: number | null;
};

const industries = [
  "Technology",
  "Manufacturing",
  "Healthcare",
  "Finance",
  "Retail",
  "Education",
  "Logistics",
  "Energy",
];

export const customFields: readonly Field[] = [
  {
    entity: "CONTACT",
    slug: "industry",
    name: "Industry",
    type: "SELECT",
    options: industries,
    slot: "text1",
    folder: 0,
  },
  {
    entity: "CONTACT",
    slug: "team_size",
    name: "Team size",
    type: "SELECT",
    options: ["1-10", "11-50", "51-200", "201-1000", "1000+"],
    slot: "text2",
    folder: 0,
  },
  {
    entity: "CONTACT",
    slug: "headline",
    name: "Headline",
    type: "TEXT",
    options: [],
    slot: "text3",
    folder: 1,
  },
  {
    entity: "CONTACT",
    slug: "lifetime_value",
    name: "Lifetime value",
    type: "NUMBER",
    options: [],
    slot: "number1",
    folder: 1,
  },
  {
    entity: "CONTACT",
    slug: "newsletter",
    name: "Newsletter",
    type: "BOOLEAN",
    options: [],
    slot: null,
    folder: 1,
  },
  {
    entity: "CONTACT",
    slug: "birthday",
    name: "Birthday",
    type: "DATE",
    options: [],
    slot: "date1",
    folder: 1,
  },
  {
    entity: "CONTACT",
    slug: "last_demo_at",
    name: "Last demo",
    type: "DATE_TIME",
    options: [],
    slot: "date2",
    folder: 1,
  },
  {
    entity: "CONTACT",
    slug: "interests",
    name: "Interests",
    type: "MULTI_SELECT",
    options: ["Automation", "Analytics", "Security", "Integrations", "Pricing"],
    slot: null,
    folder: 1,
  },
  {
    entity: "CONTACT",
    slug: "portfolio",
    name: "Portfolio",
    type: "URL",
    options: [],
    slot: "text4",
    folder: null,
  },
  {
    entity: "LEAD",
    slug: "industry",
    name: "Industry",
    type: "SELECT",
    options: industries,
    slot: "text1",
    folder: null,
  },
  {
    entity: "LEAD",
    slug: "employees",
    name: "Employees",
    type: "TEXT",
    options: [],
    slot: "text2",
    folder: null,
  },
];

const list = (text: string): readonly string[] => text.split(", ");

export const firstNames = list(
  "Amara, Aisha, Akira, Alejandro, Alice, Anders, Anna, Arjun, Astrid, Beatriz, Björn, Camille, Carlos, Charlotte, Chen, Claire, Daniel, David, Diana, Elena, Elif, Emma, Erik, Fatima, Felix, Fiona, Gabriel, Grace, Hana, Hannah, Hugo, Ibrahim, Ines, Isabel, Ivan, Jack, James, Jana, Javier, Jin, Joanna, João, Julia, Kai, Karim, Katarina, Kenji, Laila, Lars, Laura, Leon, Liam, Linh, Lucía, Luca, Maja, Malik, Marco, María, Mei, Mia, Michael, Mina, Mohammed, Naomi, Nia, Nikolai, Nina, Noah, Nora, Olivia, Omar, Oscar, Paula, Pedro, Priya, Rafael, Rania, Ravi, Robert, Rosa, Samir, Sana, Sarah, Sebastian, Selin, Simon, Sofia, Sven, Tariq, Tessa, Theo, Thomas, Uma, Victor, Wei, Yara, Yusuf, Zara, Zoë",
);

export const lastNames = list(
  "Abbott, Adeyemi, Ahmed, Alvarez, Andersson, Bauer, Becker, Berg, Bianchi, Brown, Campbell, Carter, Castro, Chen, Clarke, Cohen, Costa, Da Silva, Davies, Dubois, Eriksson, Evans, Fernández, Fischer, Fontaine, Foster, Garcia, Gomez, González, Green, Gupta, Haddad, Hall, Hansen, Hoffmann, Hughes, Ito, Jansen, Jensen, Johnson, Jones, Kaya, Keller, Khan, Kim, King, Kowalski, Kumar, Larsson, Lee, Lefèvre, Li, Lopez, Martin, Martínez, Mbeki, Meyer, Miller, Moreau, Morgan, Müller, Murphy, Nakamura, Nguyen, Nielsen, Novák, O'Brien, Okafor, Olsen, Osei, Park, Patel, Pereira, Petrov, Popescu, Quinn, Ramirez, Reyes, Ricci, Roberts, Rossi, Roux, Santos, Sato, Schmidt, Schneider, Shah, Silva, Singh, Smith, Suzuki, Takahashi, Taylor, Thomas, Thompson, Torres, Van Dijk, Walker, Weber, Williams, Wilson, Wójcik, Wright, Yamamoto, Yılmaz, Young, Zhang",
);

export const companyStems = list(
  "Acme, Alder, Apex, Arbor, Atlas, Aurora, Beacon, Birch, Blue Harbor, Brightline, Cascade, Cedar, Cobalt, Compass, Copper, Crescent, Delta, Drift, Ember, Evergreen, Falcon, Fjord, Forge, Gale, Granite, Halo, Harvest, Helix, Horizon, Iris, Juniper, Keystone, Lantern, Ledger, Lumen, Maple, Meridian, Mosaic, Nimbus, Nova, Oak & Iron, Onyx, Orbit, Orchard, Pinnacle, Prairie, Prism, Quarry, Quill, Redwood, Ridge, River, Saffron, Sierra, Signal, Silverline, Solstice, Spruce, Summit, Tandem, Terra, Tidal, Topaz, Vector, Verdant, Vista, Wavelength, Willow, Zenith",
);

export const companyKinds = list(
  "Corp, Labs, Group, Systems, Logistics, Health, Partners, Foods, Energy, Studio, Software, Industries",
);

export const titles = list(
  "CEO, CTO, VP of Sales, VP of Engineering, Head of Operations, Head of Marketing, Account Executive, Product Manager, Software Engineer, Data Analyst, Procurement Manager, Office Manager, Founder, Consultant, Customer Success Manager",
);

export const sources = list(
  "website, referral, webinar, trade show, cold outreach, linkedin, partner, import",
);
export const streets = list(
  "Market Street, Innovation Drive, High Street, Rue de Rivoli, Hauptstraße, Kungsgatan, Calle Mayor, Park Avenue",
);
export const dialCodes = ["+1", "+44", "+33", "+49", "+46", "+34", "+81"];
export const currencies = ["USD", "EUR", "GBP", "JPY"];
export const stages = list("Discovery, Demo, Proposal, Negotiation, Legal");
export const dealKinds = list(
  "Annual plan, Pilot, Expansion, Renewal, Onboarding package, Hardware order, Support contract",
);

export const places = [
  { city: "San Francisco", state: "CA", zip: "94105", country: "US" },
  { city: "New York", state: "NY", zip: "10001", country: "US" },
  { city: "Austin", state: "TX", zip: "73301", country: "US" },
  { city: "London", state: null, zip: "EC1A 1BB", country: "GB" },
  { city: "Paris", state: null, zip: "75001", country: "FR" },
  { city: "Berlin", state: null, zip: "10115", country: "DE" },
  { city: "Stockholm", state: null, zip: "111 20", country: "SE" },
  { city: "Madrid", state: null, zip: "28001", country: "ES" },
  { city: "Tokyo", state: null, zip: "100-0001", country: "JP" },
];

export const headlines = list(
  "Makes supply chains boring, Automating the unglamorous, Buys late but pays early, Building the data team, Looking for a replacement by spring, Speaks at every meetup, Former founder, Runs a tight ship",
);

export const notes = list(
  "Prefers e-mail in the morning., Met at the trade show in Hannover; asked for pricing., Has budget from next quarter., Wants a security review first., Knows our CTO from university., Asked twice about the API limits., Decision is with procurement now., Call back after the holidays., Loves the smart lists., Moved from a competitor last year.",
);

export const subjects = {
  EMAIL: list(
    "Re: Proposal, Following up, Pricing question, Introduction, Contract draft, Thanks for your time, Next steps",
  ),
  CALL: list("Discovery call, Check-in, Left a voicemail, Negotiation call, Support question"),
  NOTE: list("Background, After the meeting, Competitor mentioned, Budget"),
  MEETING: list("Product demo, Quarterly review, Kick-off, On-site visit"),
  TASK: list("Send the proposal, Update the forecast, Book a demo, Check the references"),
  SMS: list("Running late, Confirmed, See you tomorrow"),
} as const;
