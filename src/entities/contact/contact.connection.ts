import { filteredConnectionType } from "../../filter/schema/facets.schema.ts";

export const ContactConnection = filteredConnectionType("Contact", "contacts", "CONTACT");
