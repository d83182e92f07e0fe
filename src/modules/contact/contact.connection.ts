import { filteredConnectionType } from "../filter/facets.schema.ts";

export const ContactConnection = filteredConnectionType("Contact", "contacts", "CONTACT");
