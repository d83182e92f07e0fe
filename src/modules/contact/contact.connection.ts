import { connectionType } from "../../connection.ts";

export const ContactConnection = connectionType("Contact", "contacts");
