import { builder } from "./builder.ts";
import "./modules/viewer/viewer.schema.ts";
import "./modules/member/member.schema.ts";
import "./modules/api-key/api-key.schema.ts";
import "./modules/contact/contact.schema.ts";
import "./modules/contact/contact.mutations.schema.ts";
import "./modules/contact/merge.schema.ts";
import "./modules/lead/lead.schema.ts";
import "./modules/deal/deal.schema.ts";
import "./modules/activity/activity.schema.ts";
import "./modules/conversation/conversation.schema.ts";
import "./modules/tag/tag.schema.ts";
import "./modules/custom-field/custom-field.schema.ts";
import "./modules/smart-list/smart-list.schema.ts";

export const schema = builder.toSchema({ sortSchema: true });
