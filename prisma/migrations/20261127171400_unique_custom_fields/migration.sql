-- AlterTable
ALTER TABLE "custom_field" ADD COLUMN     "unique" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "custom_unique" (
    "org_id" UUID NOT NULL,
    "field_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "record_id" UUID NOT NULL,

    CONSTRAINT "custom_unique_pkey" PRIMARY KEY ("org_id","field_id","key")
);

-- CreateIndex
CREATE INDEX "custom_unique_org_id_record_id_idx" ON "custom_unique"("org_id", "record_id");

-- AddForeignKey
ALTER TABLE "custom_unique" ADD CONSTRAINT "custom_unique_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "custom_unique" ADD CONSTRAINT "custom_unique_org_id_field_id_fkey" FOREIGN KEY ("org_id", "field_id") REFERENCES "custom_field"("org_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
