-- CreateEnum
CREATE TYPE "AuditActor" AS ENUM ('MEMBER', 'API_KEY', 'OPERATOR', 'SYSTEM');

-- CreateEnum
CREATE TYPE "AuditAction" AS ENUM ('CREATED', 'UPDATED', 'DELETED', 'TRASHED', 'RESTORED', 'PURGED', 'ERASED', 'MERGED', 'UNMERGED', 'CONVERTED', 'REASSIGNED', 'REVOKED', 'REMOVED', 'IMPORTED', 'EXPORTED', 'STARTED', 'CANCELLED');

-- CreateTable
CREATE TABLE "audit_event" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "actor" "AuditActor" NOT NULL,
    "member_id" UUID,
    "api_key_id" UUID,
    "source" "ModificationSource" NOT NULL,
    "request_id" TEXT,
    "address" TEXT,
    "job_type" TEXT,
    "job_id" UUID,
    "action" "AuditAction" NOT NULL,
    "record_type" TEXT NOT NULL,
    "record_ids" UUID[],
    "fields" TEXT[],

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateIndex
CREATE INDEX "audit_event_org_id_member_id_id_idx" ON "audit_event"("org_id", "member_id", "id");

-- CreateIndex
CREATE INDEX "audit_event_org_id_request_id_idx" ON "audit_event"("org_id", "request_id");

-- CreateIndex
CREATE INDEX "audit_event_record_ids_idx" ON "audit_event" USING GIN ("record_ids");

-- AddForeignKey
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
