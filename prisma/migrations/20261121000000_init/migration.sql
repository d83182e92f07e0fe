CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateEnum
CREATE TYPE "OrganizationMode" AS ENUM ('LIVE', 'TEST');

-- CreateEnum
CREATE TYPE "MemberRole" AS ENUM ('OWNER', 'ADMIN', 'MEMBER', 'READ_ONLY');

-- CreateEnum
CREATE TYPE "DataScope" AS ENUM ('ALL', 'ASSIGNED');

-- CreateEnum
CREATE TYPE "ApiScope" AS ENUM ('READ', 'WRITE', 'ADMIN');

-- CreateEnum
CREATE TYPE "ModificationSource" AS ENUM ('API', 'IMPORT', 'SKIPCALL', 'HUBSPOT', 'PIPEDRIVE');

-- CreateEnum
CREATE TYPE "LeadStatus" AS ENUM ('NEW', 'CONTACTED', 'QUALIFIED', 'UNQUALIFIED', 'CONVERTED');

-- CreateEnum
CREATE TYPE "DealStatus" AS ENUM ('OPEN', 'WON', 'LOST');

-- CreateEnum
CREATE TYPE "ActivityKind" AS ENUM ('CALL', 'EMAIL', 'SMS', 'MEETING', 'NOTE', 'TASK');

-- CreateEnum
CREATE TYPE "ConversationChannel" AS ENUM ('EMAIL', 'SMS', 'CALL', 'CHAT', 'WHATSAPP', 'LINKEDIN');

-- CreateEnum
CREATE TYPE "CustomFieldEntity" AS ENUM ('CONTACT', 'LEAD');

-- CreateEnum
CREATE TYPE "CustomFieldType" AS ENUM ('TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'DATE_TIME', 'SELECT', 'MULTI_SELECT', 'URL');

-- CreateTable
CREATE TABLE "organization" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "mode" "OrganizationMode" NOT NULL,
    "cursor_secret" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_key" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "MemberRole" NOT NULL DEFAULT 'MEMBER',
    "data_scope" "DataScope" NOT NULL DEFAULT 'ALL',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" "ApiScope"[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "contact" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT,
    "email" TEXT,
    "phone_numbers" TEXT[],
    "company" TEXT,
    "title" TEXT,
    "street" TEXT,
    "city" TEXT,
    "state" TEXT,
    "zip" TEXT,
    "country" TEXT,
    "url" TEXT,
    "linkedin_url" TEXT,
    "linkedin_sales_url" TEXT,
    "source" TEXT,
    "notes" TEXT,
    "allow_phone_calls" BOOLEAN NOT NULL DEFAULT true,
    "do_not_contact" BOOLEAN NOT NULL DEFAULT false,
    "owner_id" UUID,
    "call_count" INTEGER NOT NULL DEFAULT 0,
    "last_call_at" TIMESTAMPTZ(3),
    "last_modification_source" "ModificationSource" NOT NULL DEFAULT 'API',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),
    "merged_into_id" UUID,
    "custom" JSONB NOT NULL DEFAULT '{}',
    "tag_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "name_key" TEXT COLLATE "C" NOT NULL,
    "email_key" TEXT COLLATE "C",
    "company_key" TEXT COLLATE "C",
    "source_key" TEXT COLLATE "C",
    "notes_key" TEXT COLLATE "C",
    "phone_key" TEXT COLLATE "C",
    "keys" JSONB NOT NULL DEFAULT '{}',
    "facets" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "search_text" TEXT COLLATE "C" NOT NULL,
    "text_1" TEXT COLLATE "C",
    "text_2" TEXT COLLATE "C",
    "text_3" TEXT COLLATE "C",
    "text_4" TEXT COLLATE "C",
    "text_5" TEXT COLLATE "C",
    "text_6" TEXT COLLATE "C",
    "text_7" TEXT COLLATE "C",
    "text_8" TEXT COLLATE "C",
    "number_1" DECIMAL(21,6),
    "number_2" DECIMAL(21,6),
    "number_3" DECIMAL(21,6),
    "number_4" DECIMAL(21,6),
    "number_5" DECIMAL(21,6),
    "number_6" DECIMAL(21,6),
    "number_7" DECIMAL(21,6),
    "number_8" DECIMAL(21,6),
    "date_1" TIMESTAMPTZ(3),
    "date_2" TIMESTAMPTZ(3),
    "date_3" TIMESTAMPTZ(3),
    "date_4" TIMESTAMPTZ(3),
    "date_5" TIMESTAMPTZ(3),
    "date_6" TIMESTAMPTZ(3),
    "date_7" TIMESTAMPTZ(3),
    "date_8" TIMESTAMPTZ(3),

    CONSTRAINT "contact_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "lead" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "company" TEXT,
    "source" TEXT,
    "notes" TEXT,
    "status" "LeadStatus" NOT NULL DEFAULT 'NEW',
    "deal_value" DECIMAL(18,2),
    "deal_currency" CHAR(3),
    "owner_id" UUID,
    "converted_contact_id" UUID,
    "converted_at" TIMESTAMPTZ(3),
    "last_modification_source" "ModificationSource" NOT NULL DEFAULT 'API',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),
    "custom" JSONB NOT NULL DEFAULT '{}',
    "tag_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "name_key" TEXT COLLATE "C" NOT NULL,
    "email_key" TEXT COLLATE "C",
    "company_key" TEXT COLLATE "C",
    "source_key" TEXT COLLATE "C",
    "notes_key" TEXT COLLATE "C",
    "phone_key" TEXT COLLATE "C",
    "keys" JSONB NOT NULL DEFAULT '{}',
    "facets" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "search_text" TEXT COLLATE "C" NOT NULL,
    "text_1" TEXT COLLATE "C",
    "text_2" TEXT COLLATE "C",
    "text_3" TEXT COLLATE "C",
    "text_4" TEXT COLLATE "C",
    "text_5" TEXT COLLATE "C",
    "text_6" TEXT COLLATE "C",
    "text_7" TEXT COLLATE "C",
    "text_8" TEXT COLLATE "C",
    "number_1" DECIMAL(21,6),
    "number_2" DECIMAL(21,6),
    "number_3" DECIMAL(21,6),
    "number_4" DECIMAL(21,6),
    "number_5" DECIMAL(21,6),
    "number_6" DECIMAL(21,6),
    "number_7" DECIMAL(21,6),
    "number_8" DECIMAL(21,6),
    "date_1" TIMESTAMPTZ(3),
    "date_2" TIMESTAMPTZ(3),
    "date_3" TIMESTAMPTZ(3),
    "date_4" TIMESTAMPTZ(3),
    "date_5" TIMESTAMPTZ(3),
    "date_6" TIMESTAMPTZ(3),
    "date_7" TIMESTAMPTZ(3),
    "date_8" TIMESTAMPTZ(3),

    CONSTRAINT "lead_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "deal" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "value" DECIMAL(18,2) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "stage" TEXT NOT NULL,
    "status" "DealStatus" NOT NULL DEFAULT 'OPEN',
    "expected_close_on" DATE,
    "contact_id" UUID,
    "lead_id" UUID,
    "owner_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deal_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "activity" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" "ActivityKind" NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "subject" TEXT,
    "body" TEXT,
    "duration_seconds" INTEGER,
    "contact_id" UUID,
    "lead_id" UUID,
    "deal_id" UUID,
    "author_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "activity_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "conversation" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "channel" "ConversationChannel" NOT NULL,
    "subject" TEXT,
    "url" TEXT,
    "last_message_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "conversation_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "tag" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT COLLATE "C" NOT NULL,
    "color" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tag_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "contact_tag" (
    "org_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "tag_id" UUID NOT NULL,
    "added_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_tag_pkey" PRIMARY KEY ("org_id","contact_id","tag_id")
);

-- CreateTable
CREATE TABLE "lead_tag" (
    "org_id" UUID NOT NULL,
    "lead_id" UUID NOT NULL,
    "tag_id" UUID NOT NULL,
    "added_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lead_tag_pkey" PRIMARY KEY ("org_id","lead_id","tag_id")
);

-- CreateTable
CREATE TABLE "custom_field" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "entity" "CustomFieldEntity" NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" "CustomFieldType" NOT NULL,
    "options" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "folder_id" UUID,
    "position" INTEGER NOT NULL DEFAULT 0,
    "slot" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "custom_field_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "custom_field_folder" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "entity" "CustomFieldEntity" NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "custom_field_folder_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "custom_value" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "custom_value_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "smart_list" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "query" JSONB NOT NULL,
    "order" JSONB NOT NULL DEFAULT '[]',
    "columns" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "position" INTEGER NOT NULL DEFAULT 0,
    "time_zone" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "smart_list_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "app_user_email_key_key" ON "app_user"("email_key");

-- CreateIndex
CREATE INDEX "member_user_id_idx" ON "member"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_org_id_user_id_key" ON "member"("org_id", "user_id");

-- CreateIndex
CREATE INDEX "api_key_org_id_member_id_idx" ON "api_key"("org_id", "member_id");

-- CreateIndex
CREATE INDEX "api_key_id_idx" ON "api_key"("id");

-- CreateIndex
CREATE INDEX "contact_org_id_owner_id_created_at_id_idx" ON "contact"("org_id", "owner_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "contact_org_id_merged_into_id_idx" ON "contact"("org_id", "merged_into_id");

-- CreateIndex
CREATE INDEX "contact_facets_idx" ON "contact" USING GIN ("facets");

-- CreateIndex
CREATE INDEX "contact_tag_ids_idx" ON "contact" USING GIN ("tag_ids");

-- CreateIndex
CREATE INDEX "contact_search_text_idx" ON "contact" USING GIN ("search_text" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "lead_org_id_owner_id_created_at_id_idx" ON "lead"("org_id", "owner_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "lead_org_id_converted_contact_id_idx" ON "lead"("org_id", "converted_contact_id");

-- CreateIndex
CREATE INDEX "lead_facets_idx" ON "lead" USING GIN ("facets");

-- CreateIndex
CREATE INDEX "lead_tag_ids_idx" ON "lead" USING GIN ("tag_ids");

-- CreateIndex
CREATE INDEX "lead_search_text_idx" ON "lead" USING GIN ("search_text" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "deal_org_id_created_at_id_idx" ON "deal"("org_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "deal_org_id_contact_id_created_at_id_idx" ON "deal"("org_id", "contact_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "deal_org_id_lead_id_created_at_id_idx" ON "deal"("org_id", "lead_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "deal_org_id_owner_id_created_at_id_idx" ON "deal"("org_id", "owner_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "activity_org_id_contact_id_occurred_at_id_idx" ON "activity"("org_id", "contact_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "activity_org_id_lead_id_occurred_at_id_idx" ON "activity"("org_id", "lead_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "activity_org_id_deal_id_occurred_at_id_idx" ON "activity"("org_id", "deal_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "activity_org_id_author_id_idx" ON "activity"("org_id", "author_id");

-- CreateIndex
CREATE INDEX "conversation_org_id_contact_id_last_message_at_id_idx" ON "conversation"("org_id", "contact_id", "last_message_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "tag_org_id_name_key_key" ON "tag"("org_id", "name_key");

-- CreateIndex
CREATE INDEX "contact_tag_org_id_tag_id_idx" ON "contact_tag"("org_id", "tag_id");

-- CreateIndex
CREATE INDEX "contact_tag_org_id_added_by_id_idx" ON "contact_tag"("org_id", "added_by_id");

-- CreateIndex
CREATE INDEX "lead_tag_org_id_tag_id_idx" ON "lead_tag"("org_id", "tag_id");

-- CreateIndex
CREATE INDEX "lead_tag_org_id_added_by_id_idx" ON "lead_tag"("org_id", "added_by_id");

-- CreateIndex
CREATE INDEX "custom_field_org_id_folder_id_idx" ON "custom_field"("org_id", "folder_id");

-- CreateIndex
CREATE UNIQUE INDEX "custom_field_org_id_entity_slug_key" ON "custom_field"("org_id", "entity", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "custom_field_org_id_entity_slot_key" ON "custom_field"("org_id", "entity", "slot");

-- CreateIndex
CREATE UNIQUE INDEX "custom_value_org_id_key_key" ON "custom_value"("org_id", "key");

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_org_id_member_id_fkey" FOREIGN KEY ("org_id", "member_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_org_id_owner_id_fkey" FOREIGN KEY ("org_id", "owner_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_org_id_merged_into_id_fkey" FOREIGN KEY ("org_id", "merged_into_id") REFERENCES "contact"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead" ADD CONSTRAINT "lead_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead" ADD CONSTRAINT "lead_org_id_owner_id_fkey" FOREIGN KEY ("org_id", "owner_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead" ADD CONSTRAINT "lead_org_id_converted_contact_id_fkey" FOREIGN KEY ("org_id", "converted_contact_id") REFERENCES "contact"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deal" ADD CONSTRAINT "deal_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deal" ADD CONSTRAINT "deal_org_id_contact_id_fkey" FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deal" ADD CONSTRAINT "deal_org_id_lead_id_fkey" FOREIGN KEY ("org_id", "lead_id") REFERENCES "lead"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deal" ADD CONSTRAINT "deal_org_id_owner_id_fkey" FOREIGN KEY ("org_id", "owner_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity" ADD CONSTRAINT "activity_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity" ADD CONSTRAINT "activity_org_id_contact_id_fkey" FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity" ADD CONSTRAINT "activity_org_id_lead_id_fkey" FOREIGN KEY ("org_id", "lead_id") REFERENCES "lead"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity" ADD CONSTRAINT "activity_org_id_deal_id_fkey" FOREIGN KEY ("org_id", "deal_id") REFERENCES "deal"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity" ADD CONSTRAINT "activity_org_id_author_id_fkey" FOREIGN KEY ("org_id", "author_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_org_id_contact_id_fkey" FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_tag" ADD CONSTRAINT "contact_tag_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_tag" ADD CONSTRAINT "contact_tag_org_id_contact_id_fkey" FOREIGN KEY ("org_id", "contact_id") REFERENCES "contact"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_tag" ADD CONSTRAINT "contact_tag_org_id_tag_id_fkey" FOREIGN KEY ("org_id", "tag_id") REFERENCES "tag"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_tag" ADD CONSTRAINT "contact_tag_org_id_added_by_id_fkey" FOREIGN KEY ("org_id", "added_by_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_tag" ADD CONSTRAINT "lead_tag_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_tag" ADD CONSTRAINT "lead_tag_org_id_lead_id_fkey" FOREIGN KEY ("org_id", "lead_id") REFERENCES "lead"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_tag" ADD CONSTRAINT "lead_tag_org_id_tag_id_fkey" FOREIGN KEY ("org_id", "tag_id") REFERENCES "tag"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_tag" ADD CONSTRAINT "lead_tag_org_id_added_by_id_fkey" FOREIGN KEY ("org_id", "added_by_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "custom_field" ADD CONSTRAINT "custom_field_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "custom_field" ADD CONSTRAINT "custom_field_org_id_folder_id_fkey" FOREIGN KEY ("org_id", "folder_id") REFERENCES "custom_field_folder"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "custom_field_folder" ADD CONSTRAINT "custom_field_folder_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "custom_value" ADD CONSTRAINT "custom_value_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "smart_list" ADD CONSTRAINT "smart_list_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What follows is written by hand: Prisma's language cannot say it. None of it shows as drift.

-- One live contact per e-mail address and organization. Trashed contacts keep theirs without holding it.
CREATE UNIQUE INDEX "contact_email_live" ON "contact" ("org_id", "email_key")
  WHERE "deleted_at" IS NULL AND "email_key" IS NOT NULL;

-- The orders in which live records are paged, and what equality and prefixes are looked up by.
CREATE INDEX "contact_live_created_at_idx" ON "contact" ("org_id", "created_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "contact_live_updated_at_idx" ON "contact" ("org_id", "updated_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "contact_live_name_key_idx" ON "contact" ("org_id", "name_key", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "contact_live_company_key_idx" ON "contact" ("org_id", "company_key", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "contact_live_source_key_idx" ON "contact" ("org_id", "source_key", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lead_live_created_at_idx" ON "lead" ("org_id", "created_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lead_live_updated_at_idx" ON "lead" ("org_id", "updated_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lead_live_name_key_idx" ON "lead" ("org_id", "name_key", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lead_live_company_key_idx" ON "lead" ("org_id", "company_key", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lead_live_source_key_idx" ON "lead" ("org_id", "source_key", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "contact_live_last_call_at_idx" ON "contact" ("org_id", "last_call_at", "id")
  WHERE "deleted_at" IS NULL AND "last_call_at" IS NOT NULL;
CREATE INDEX "lead_live_status_idx" ON "lead" ("org_id", "status", "created_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lead_live_email_key_idx" ON "lead" ("org_id", "email_key") WHERE "deleted_at" IS NULL;

-- The trash: small, and read by age.
CREATE INDEX "contact_trash_idx" ON "contact" ("org_id", "deleted_at", "id") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "lead_trash_idx" ON "lead" ("org_id", "deleted_at", "id") WHERE "deleted_at" IS NOT NULL;

-- Typed slots: ranges and orders by btree, parts of texts by trigram. Empty slots cost nothing.
CREATE INDEX "contact_number_1_idx" ON "contact" ("org_id", "number_1", "id") WHERE "number_1" IS NOT NULL;
CREATE INDEX "contact_number_2_idx" ON "contact" ("org_id", "number_2", "id") WHERE "number_2" IS NOT NULL;
CREATE INDEX "contact_number_3_idx" ON "contact" ("org_id", "number_3", "id") WHERE "number_3" IS NOT NULL;
CREATE INDEX "contact_number_4_idx" ON "contact" ("org_id", "number_4", "id") WHERE "number_4" IS NOT NULL;
CREATE INDEX "contact_number_5_idx" ON "contact" ("org_id", "number_5", "id") WHERE "number_5" IS NOT NULL;
CREATE INDEX "contact_number_6_idx" ON "contact" ("org_id", "number_6", "id") WHERE "number_6" IS NOT NULL;
CREATE INDEX "contact_number_7_idx" ON "contact" ("org_id", "number_7", "id") WHERE "number_7" IS NOT NULL;
CREATE INDEX "contact_number_8_idx" ON "contact" ("org_id", "number_8", "id") WHERE "number_8" IS NOT NULL;
CREATE INDEX "contact_date_1_idx" ON "contact" ("org_id", "date_1", "id") WHERE "date_1" IS NOT NULL;
CREATE INDEX "contact_date_2_idx" ON "contact" ("org_id", "date_2", "id") WHERE "date_2" IS NOT NULL;
CREATE INDEX "contact_date_3_idx" ON "contact" ("org_id", "date_3", "id") WHERE "date_3" IS NOT NULL;
CREATE INDEX "contact_date_4_idx" ON "contact" ("org_id", "date_4", "id") WHERE "date_4" IS NOT NULL;
CREATE INDEX "contact_date_5_idx" ON "contact" ("org_id", "date_5", "id") WHERE "date_5" IS NOT NULL;
CREATE INDEX "contact_date_6_idx" ON "contact" ("org_id", "date_6", "id") WHERE "date_6" IS NOT NULL;
CREATE INDEX "contact_date_7_idx" ON "contact" ("org_id", "date_7", "id") WHERE "date_7" IS NOT NULL;
CREATE INDEX "contact_date_8_idx" ON "contact" ("org_id", "date_8", "id") WHERE "date_8" IS NOT NULL;
CREATE INDEX "contact_text_1_idx" ON "contact" USING GIN ("text_1" gin_trgm_ops) WHERE "text_1" IS NOT NULL;
CREATE INDEX "contact_text_2_idx" ON "contact" USING GIN ("text_2" gin_trgm_ops) WHERE "text_2" IS NOT NULL;
CREATE INDEX "contact_text_3_idx" ON "contact" USING GIN ("text_3" gin_trgm_ops) WHERE "text_3" IS NOT NULL;
CREATE INDEX "contact_text_4_idx" ON "contact" USING GIN ("text_4" gin_trgm_ops) WHERE "text_4" IS NOT NULL;
CREATE INDEX "contact_text_5_idx" ON "contact" USING GIN ("text_5" gin_trgm_ops) WHERE "text_5" IS NOT NULL;
CREATE INDEX "contact_text_6_idx" ON "contact" USING GIN ("text_6" gin_trgm_ops) WHERE "text_6" IS NOT NULL;
CREATE INDEX "contact_text_7_idx" ON "contact" USING GIN ("text_7" gin_trgm_ops) WHERE "text_7" IS NOT NULL;
CREATE INDEX "contact_text_8_idx" ON "contact" USING GIN ("text_8" gin_trgm_ops) WHERE "text_8" IS NOT NULL;
CREATE INDEX "lead_number_1_idx" ON "lead" ("org_id", "number_1", "id") WHERE "number_1" IS NOT NULL;
CREATE INDEX "lead_number_2_idx" ON "lead" ("org_id", "number_2", "id") WHERE "number_2" IS NOT NULL;
CREATE INDEX "lead_number_3_idx" ON "lead" ("org_id", "number_3", "id") WHERE "number_3" IS NOT NULL;
CREATE INDEX "lead_number_4_idx" ON "lead" ("org_id", "number_4", "id") WHERE "number_4" IS NOT NULL;
CREATE INDEX "lead_number_5_idx" ON "lead" ("org_id", "number_5", "id") WHERE "number_5" IS NOT NULL;
CREATE INDEX "lead_number_6_idx" ON "lead" ("org_id", "number_6", "id") WHERE "number_6" IS NOT NULL;
CREATE INDEX "lead_number_7_idx" ON "lead" ("org_id", "number_7", "id") WHERE "number_7" IS NOT NULL;
CREATE INDEX "lead_number_8_idx" ON "lead" ("org_id", "number_8", "id") WHERE "number_8" IS NOT NULL;
CREATE INDEX "lead_date_1_idx" ON "lead" ("org_id", "date_1", "id") WHERE "date_1" IS NOT NULL;
CREATE INDEX "lead_date_2_idx" ON "lead" ("org_id", "date_2", "id") WHERE "date_2" IS NOT NULL;
CREATE INDEX "lead_date_3_idx" ON "lead" ("org_id", "date_3", "id") WHERE "date_3" IS NOT NULL;
CREATE INDEX "lead_date_4_idx" ON "lead" ("org_id", "date_4", "id") WHERE "date_4" IS NOT NULL;
CREATE INDEX "lead_date_5_idx" ON "lead" ("org_id", "date_5", "id") WHERE "date_5" IS NOT NULL;
CREATE INDEX "lead_date_6_idx" ON "lead" ("org_id", "date_6", "id") WHERE "date_6" IS NOT NULL;
CREATE INDEX "lead_date_7_idx" ON "lead" ("org_id", "date_7", "id") WHERE "date_7" IS NOT NULL;
CREATE INDEX "lead_date_8_idx" ON "lead" ("org_id", "date_8", "id") WHERE "date_8" IS NOT NULL;
CREATE INDEX "lead_text_1_idx" ON "lead" USING GIN ("text_1" gin_trgm_ops) WHERE "text_1" IS NOT NULL;
CREATE INDEX "lead_text_2_idx" ON "lead" USING GIN ("text_2" gin_trgm_ops) WHERE "text_2" IS NOT NULL;
CREATE INDEX "lead_text_3_idx" ON "lead" USING GIN ("text_3" gin_trgm_ops) WHERE "text_3" IS NOT NULL;
CREATE INDEX "lead_text_4_idx" ON "lead" USING GIN ("text_4" gin_trgm_ops) WHERE "text_4" IS NOT NULL;
CREATE INDEX "lead_text_5_idx" ON "lead" USING GIN ("text_5" gin_trgm_ops) WHERE "text_5" IS NOT NULL;
CREATE INDEX "lead_text_6_idx" ON "lead" USING GIN ("text_6" gin_trgm_ops) WHERE "text_6" IS NOT NULL;
CREATE INDEX "lead_text_7_idx" ON "lead" USING GIN ("text_7" gin_trgm_ops) WHERE "text_7" IS NOT NULL;
CREATE INDEX "lead_text_8_idx" ON "lead" USING GIN ("text_8" gin_trgm_ops) WHERE "text_8" IS NOT NULL;

-- Lists are empty, never null: a filter's negation would lose the rows whose list is.
ALTER TABLE "contact" ALTER COLUMN "phone_numbers" SET NOT NULL,
  ALTER COLUMN "tag_ids" SET NOT NULL, ALTER COLUMN "facets" SET NOT NULL;
ALTER TABLE "lead" ALTER COLUMN "tag_ids" SET NOT NULL, ALTER COLUMN "facets" SET NOT NULL;
ALTER TABLE "custom_field" ALTER COLUMN "options" SET NOT NULL;
ALTER TABLE "smart_list" ALTER COLUMN "columns" SET NOT NULL;
ALTER TABLE "api_key" ALTER COLUMN "scopes" SET NOT NULL;

-- Rules that hold whatever code runs.
ALTER TABLE "organization" ADD CONSTRAINT "organization_cursor_secret_check" CHECK (octet_length("cursor_secret") = 32);
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_hash_check" CHECK (octet_length("hash") = 32);
ALTER TABLE "contact"
  ADD CONSTRAINT "contact_name_check" CHECK (btrim("name") <> ''),
  ADD CONSTRAINT "contact_call_count_check" CHECK ("call_count" >= 0),
  ADD CONSTRAINT "contact_version_check" CHECK ("version" >= 1),
  ADD CONSTRAINT "contact_custom_check" CHECK (jsonb_typeof("custom") = 'object' AND jsonb_typeof("keys") = 'object'),
  ADD CONSTRAINT "contact_merged_check" CHECK ("merged_into_id" IS NULL OR ("deleted_at" IS NOT NULL AND "merged_into_id" <> "id"));
ALTER TABLE "lead"
  ADD CONSTRAINT "lead_name_check" CHECK (btrim("name") <> ''),
  ADD CONSTRAINT "lead_version_check" CHECK ("version" >= 1),
  ADD CONSTRAINT "lead_custom_check" CHECK (jsonb_typeof("custom") = 'object' AND jsonb_typeof("keys") = 'object'),
  ADD CONSTRAINT "lead_deal_value_check" CHECK ("deal_value" >= 0),
  ADD CONSTRAINT "lead_deal_currency_check" CHECK (("deal_value" IS NULL) = ("deal_currency" IS NULL) AND coalesce("deal_currency", 'XXX') ~ '^[A-Z]{3}$');
ALTER TABLE "deal"
  ADD CONSTRAINT "deal_name_check" CHECK (btrim("name") <> ''),
  ADD CONSTRAINT "deal_value_check" CHECK ("value" >= 0),
  ADD CONSTRAINT "deal_currency_check" CHECK ("currency" ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT "deal_version_check" CHECK ("version" >= 1);
ALTER TABLE "activity"
  ADD CONSTRAINT "activity_parent_check" CHECK (num_nonnulls("contact_id", "lead_id", "deal_id") >= 1),
  ADD CONSTRAINT "activity_duration_check" CHECK ("duration_seconds" >= 0);
ALTER TABLE "tag"
  ADD CONSTRAINT "tag_name_check" CHECK (btrim("name") <> ''),
  ADD CONSTRAINT "tag_color_check" CHECK ("color" ~ '^#[0-9a-f]{6}$');
ALTER TABLE "custom_field" ADD CONSTRAINT "custom_field_slug_check" CHECK ("slug" ~ '^[a-z][a-z0-9_]{0,63}$');
ALTER TABLE "smart_list" ADD CONSTRAINT "smart_list_version_check" CHECK ("version" >= 1);
