import { filteredConnectionType } from "./facets.schema.ts";

export const ContactConnection = filteredConnectionType("Contact", "contacts", "CONTACT");
